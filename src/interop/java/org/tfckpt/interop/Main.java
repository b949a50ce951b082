package org.tfckpt.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.internal.c_api.TFE_TensorHandle;
import org.tfckpt.testing.Exchange;
import org.tfckpt.testing.Exchange.Item;

/**
 * Saves, restores and merges with TensorFlow. Each line of the input is a command, with tabs between its words:
 *
 * <pre>
 * save PREFIX ITEMS | restore PREFIX ITEMS RESULT | resave PREFIX ITEMS TO | merge TO PREFIX…
 * </pre>
 */
public final class Main {
    private final TensorFlow tensorFlow = new TensorFlow();

    private Main() {}

    /** Runs the commands in the file {@code args[0]}. */
    public static void main(String[] args) throws IOException {
        Main main = new Main();
        for (String line : Files.readAllLines(Path.of(args[0]))) {
            main.run(line.split("\t"));
        }
    }

    private void run(String... words) throws IOException {
        switch (words[0]) {
            case "save" -> save(words[1], Exchange.read(Path.of(words[2])));
            case "restore" -> restore(words[1], Exchange.read(Path.of(words[2])), Path.of(words[3]));
            case "resave" -> resave(words[1], Exchange.read(Path.of(words[2])), words[3]);
            case "merge" ->
                tensorFlow.merge(Arrays.stream(words).skip(2).map(Main::bytes).toList(), words[1]);
            default -> throw new IllegalArgumentException(words[0]);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<byte[]> names(List<Item> items) {
        return items.stream().map(Item::name).toList();
    }

    private static List<byte[]> specs(List<Item> items) {
        return items.stream().map(item -> bytes(item.spec())).toList();
    }

    private static int[] dtypes(List<Item> items) {
        return items.stream().mapToInt(Item::dtype).toArray();
    }

    private void save(String prefix, List<Item> items) {
        List<TFE_TensorHandle> tensors = new ArrayList<>();
        for (Item item : items) {
            tensors.add(
                    TensorFlow.isString(item.dtype())
                            ? tensorFlow.strings(item.shape(), item.values())
                            : tensorFlow.tensor(
                                    item.dtype(), item.shape(), item.values().get(0)));
        }
        tensorFlow.save(prefix, names(items), specs(items), tensors);
    }

    private void restore(String prefix, List<Item> items, Path result) throws IOException {
        List<TFE_TensorHandle> tensors = tensorFlow.restore(prefix, names(items), specs(items), dtypes(items));
        List<Item> restored = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            Item item = items.get(i);
            TensorFlow.Value value = tensorFlow.value(tensors.get(i));
            restored.add(new Item(item.name(), item.spec(), item.dtype(), value.shape(), value.values()));
        }
        Exchange.write(result, restored);
    }

    private void resave(String prefix, List<Item> items, String to) {
        List<TFE_TensorHandle> tensors = tensorFlow.restore(prefix, names(items), specs(items), dtypes(items));
        tensorFlow.save(to, names(items), specs(items), tensors);
    }
}
