import java.lang.reflect.Method;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies a checkpoint to a bucket and reads it with the tool, which has the same class path. ObjectStorageIT compiles and
 * runs this program.
 */
class Story {
    private static final String CHECKPOINT = "/log/model.ckpt-122543";

    private Story() {}

    public static void main(String[] args) throws Exception {
        Path story = Path.of(args[0]);
        String bucket = args[1];
        if (bucket.startsWith("gs:")) {
            useLocalStorage();
        }
        for (String end : List.of(CHECKPOINT + ".index", CHECKPOINT + ".data-00000-of-00001", CHECKPOINT + ".meta", "/log/checkpoint")) {
            Files.copy(Path.of(story + end), Path.of(URI.create(bucket + end)));
        }
        List<String> exits = new ArrayList<>();
        exits.add(tool("ls", bucket + "/log"));
        exits.add(tool("verify", bucket + CHECKPOINT));
        exits.add(tool("graph", bucket + CHECKPOINT + ".meta"));
        exits.add(tool("digest", bucket + "/log/checkpoint"));
        exits.add(tool("ls", bucket + "/log/nothing"));
        System.out.println("exit " + String.join(" ", exits));
        System.exit(0);
    }

    /** Replaces Google's servers by a fake in this process. */
    private static void useLocalStorage() throws Exception {
        Object options = Class.forName("com.google.cloud.storage.contrib.nio.testing.LocalStorageHelper")
                .getMethod("getOptions")
                .invoke(null);
        Method use = Class.forName("com.google.cloud.storage.contrib.nio.CloudStorageFileSystemProvider")
                .getMethod("setStorageOptions", Class.forName("com.google.cloud.storage.StorageOptions"));
        use.invoke(null, options);
    }

    /** Runs the tool as its main method does, and returns its exit status. */
    private static String tool(String... args) throws Exception {
        Method run = Class.forName("org.tfckpt.cli.Main")
                .getDeclaredMethod(
                        "run",
                        List.class,
                        java.io.InputStream.class,
                        java.io.OutputStream.class,
                        java.io.PrintStream.class,
                        boolean.class);
        run.setAccessible(true);
        Object status = run.invoke(null, List.of(args), java.io.InputStream.nullInputStream(), new java.io.FileOutputStream(java.io.FileDescriptor.out), System.err, false);
        return String.valueOf(status);
    }
}
