package org.tfckpt.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tfckpt.Checkpoint;

/** The public API: the public types of the packages that {@code module-info.java} exports, and their members. */
public final class PublicApi {
    private static final Set<String> OF_OBJECT = Set.of("equals", "hashCode", "toString");

    private PublicApi() {}

    /** Returns the names of the exported packages. */
    public static List<String> packages() {
        try {
            String module = Files.readString(Corpus.root().resolveSibling("src/main/java/module-info.java"));
            return Pattern.compile("exports ([a-z.]+);")
                    .matcher(module)
                    .results()
                    .map((MatchResult export) -> export.group(1))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns one line per type, constructor, method and field, sorted. */
    public static List<String> lines() {
        return packages().stream()
                .flatMap(name -> types(name).stream())
                .flatMap(type -> Stream.concat(Stream.of(header(type)), members(type)))
                .sorted()
                .toList();
    }

    private static List<Class<?>> types(String name) {
        try {
            Path classes = Path.of(Checkpoint.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            List<Class<?>> types = new ArrayList<>();
            try (DirectoryStream<Path> files =
                    Files.newDirectoryStream(classes.resolve(name.replace('.', '/')), "*.class")) {
                for (Path file : files) {
                    String simple = file.getFileName().toString().replace(".class", "");
                    Class<?> type = Class.forName(name + "." + simple, false, PublicApi.class.getClassLoader());
                    if (isPublic(type)) {
                        types.add(type);
                    }
                }
            }
            return types;
        } catch (IOException | URISyntaxException | ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isPublic(Class<?> type) {
        Class<?> outer = type.getDeclaringClass();
        return !type.isAnonymousClass()
                && !type.isLocalClass()
                && isPublic(type.getModifiers())
                && (outer == null || isPublic(outer));
    }

    private static boolean isPublic(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private static String header(Class<?> type) {
        Type parent = type.getGenericSuperclass();
        String parents = Stream.concat(Stream.ofNullable(parent), Arrays.stream(type.getGenericInterfaces()))
                .map(Type::getTypeName)
                .filter(name -> !name.equals("java.lang.Object"))
                .collect(Collectors.joining(", "));
        return type.getName() + ": " + type.toGenericString() + (parents.isEmpty() ? "" : " extends " + parents);
    }

    private static Stream<String> members(Class<?> type) {
        Stream<String> constructors = Arrays.stream(type.getDeclaredConstructors())
                .filter(constructor -> isPublic(constructor.getModifiers()))
                .map(Constructor::toGenericString);
        Stream<String> fields = Arrays.stream(type.getDeclaredFields())
                .filter(field -> isPublic(field.getModifiers()))
                .map(Field::toGenericString);
        // Methods of superclasses that are not public are methods of this class for its users.
        Stream<String> methods = Stream.concat(
                        Arrays.stream(type.getMethods()).filter(method -> !isDeclaredElsewhere(type, method)),
                        Arrays.stream(type.getDeclaredMethods())
                                .filter(method -> Modifier.isProtected(method.getModifiers())))
                .filter(method -> !method.isBridge() && !OF_OBJECT.contains(method.getName()))
                .map(Method::toGenericString);
        return Stream.of(constructors, fields, methods)
                .flatMap(member -> member)
                .map(member -> type.getName() + ": " + member.replace(type.getName() + ".", ""));
    }

    private static boolean isDeclaredElsewhere(Class<?> type, Member method) {
        Class<?> declaring = method.getDeclaringClass();
        return declaring != type && isPublic(declaring);
    }
}
