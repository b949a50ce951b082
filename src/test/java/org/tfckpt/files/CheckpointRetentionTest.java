package org.tfckpt.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.files.CheckpointRetention.Listed;
import org.tfckpt.files.CheckpointRetention.Policy;
import org.tfckpt.files.CheckpointRetention.Saved;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Folder;

@DisplayName("Which checkpoints are kept, by TensorFlow's rules")
class CheckpointRetentionTest {
    @TempDir
    private Path directory;

    private Path path(String name) {
        return directory.resolve(name);
    }

    private List<Path> paths(String... names) {
        return List.of(names).stream().map(this::path).toList();
    }

    /** Saves for real: files, state file, and what is dropped is deleted. */
    private CheckpointRetention save(CheckpointRetention retention, String name, double time) throws IOException {
        Path prefix = new BundleBuilder().floats("v", 1).write(path(name));
        Files.writeString(path(CheckpointState.graphFile(name)), "graph");
        Saved saved = retention.saved(prefix, time);
        Files.writeString(path(CheckpointState.FILE_NAME), saved.state().toText());
        for (Path old : saved.dropped()) {
            for (Path file : CheckpointFiles.of(old).all()) {
                Files.delete(file);
            }
        }
        return saved.next();
    }

    private CheckpointState state() throws IOException {
        return CheckpointState.find(directory).orElseThrow();
    }

    /** The checkpoints that are there with all their files. */
    private List<String> checkpoints() {
        List<String> names = Folder.names(directory).stream()
                .filter(name -> name.endsWith(".index"))
                .map(name -> name.substring(0, name.length() - ".index".length()))
                .toList();
        assertThat(Folder.names(directory)).hasSize(3 * names.size() + 1);
        return names;
    }

    @Test
    @DisplayName("CK-09 a checkpoint called as the state file is refused; with a step, or in several files, it is none")
    void ck09() {
        String name = CheckpointState.FILE_NAME;
        CheckpointRetention saver = CheckpointRetention.saver(directory, Policy.latest(5), List.of(), 0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> saver.saved(path(name), 1))
                .withMessage("a checkpoint cannot have the path of the state file, '" + path(name)
                        + "' (TensorFlow: \"Save path '" + path(name)
                        + "' conflicts with path used for checkpoint state.  Please use a different save path.\")");
        for (Path prefix : List.of(
                CheckpointFiles.prefix(path(name), 1),
                CheckpointFiles.paddedPrefix(path(name), 1),
                path(name + "-?????-of-00002"))) {
            assertThat(saver.saved(prefix, 1).state().latest()).isEqualTo(prefix.toString());
        }
    }

    @Test
    @DisplayName("CK-11 a saver that keeps two: s1, s2, s3, s2, s1")
    void ck11() throws IOException {
        CheckpointRetention saver = CheckpointRetention.saver(directory, new Policy(2, 10_000), List.of(), 0);
        String[][] steps = {{"s1", "s1"}, {"s2", "s1", "s2"}, {"s3", "s2", "s3"}, {"s2", "s3", "s2"}, {"s1", "s2", "s1"}
        };
        for (int i = 0; i < steps.length; i++) {
            String[] listed = java.util.Arrays.copyOfRange(steps[i], 1, steps[i].length);
            saver = save(saver, steps[i][0], i);
            assertThat(saver.prefixes()).isEqualTo(paths(listed));
            assertThat(checkpoints()).containsExactlyInAnyOrder(listed);
            CheckpointState state = state();
            assertThat(state.latest()).isEqualTo(path(steps[i][0]).toString());
            assertThat(state.all())
                    .isEqualTo(paths(listed).stream().map(Path::toString).toList());
            assertThat(state.timestamps()).isEmpty();
            assertThat(state.lastPreserved()).isEmpty();
        }
    }

    @Test
    @DisplayName("CK-11 a saver that goes on from another's list drops by that, and a new one by its own")
    void ck11Second() throws IOException {
        CheckpointRetention first = CheckpointRetention.saver(directory, Policy.latest(2), List.of(), 0);
        first = save(save(save(first, "s1", 1), "s2", 2), "s3", 3);
        assertThat(first.listed()).containsExactly(new Listed(path("s2"), 2), new Listed(path("s3"), 3));
        // It saves over what the first one has listed.
        CheckpointRetention second = CheckpointRetention.saver(directory, Policy.latest(2), first.listed(), 4);
        second = save(second, "s2", 5);
        assertThat(second.prefixes()).isEqualTo(paths("s3", "s2"));
        assertThat(checkpoints()).containsExactly("s2", "s3");
        second = save(second, "s1", 6);
        assertThat(second.prefixes()).isEqualTo(paths("s2", "s1"));
        assertThat(checkpoints()).containsExactly("s1", "s2");
        CheckpointRetention third = CheckpointRetention.saver(directory, Policy.latest(2), List.of(), 7);
        third = save(save(save(third, "t1", 8), "t2", 9), "t3", 10);
        assertThat(third.prefixes()).isEqualTo(paths("t2", "t3"));
        assertThat(checkpoints()).containsExactly("s1", "s2", "t2", "t3");
    }

    @Test
    void aSaverThatKeepsAllListsTheLast() throws IOException {
        CheckpointRetention saver = CheckpointRetention.saver(directory, Policy.latest(0), List.of(), 0);
        saver = save(save(saver, "s1", 1), "s2", 2);
        assertThat(state().all()).containsExactly(path("s2").toString());
        assertThat(checkpoints()).containsExactly("s1", "s2");
        assertThat(saver).hasToString("[" + path("s2") + "]");
    }

    @Test
    void aSaverKeepsOneInSoManyHours() throws IOException {
        CheckpointRetention saver = CheckpointRetention.saver(directory, new Policy(1, 1), List.of(), 0);
        saver = save(save(saver, "s1", 3600), "s2", 3601);
        assertThat(checkpoints()).containsExactly("s2");
        saver = save(save(saver, "s3", 7200), "s4", 7300);
        assertThat(checkpoints()).containsExactly("s2", "s4");
        assertThat(save(saver, "s5", 7400).prefixes()).isEqualTo(paths("s5"));
        assertThat(checkpoints()).containsExactly("s2", "s4", "s5");
    }

    @Test
    @DisplayName("CK-12 a manager that keeps three of four")
    void ck12() throws IOException {
        CheckpointRetention manager = CheckpointRetention.manager(directory, Policy.latest(3), 0);
        for (int i = 1; i <= 4; i++) {
            manager = save(manager, "ckpt-" + i, i);
        }
        assertThat(checkpoints()).containsExactly("ckpt-2", "ckpt-3", "ckpt-4");
        assertThat(manager.prefixes()).isEqualTo(paths("ckpt-2", "ckpt-3", "ckpt-4"));
    }

    @Test
    @DisplayName("CK-12 a manager that keeps all, also reopened; a lower limit holds from the next save on")
    void ck12All() throws IOException {
        CheckpointRetention manager = CheckpointRetention.manager(directory, Policy.latest(0), 0);
        manager = save(save(save(manager, "ckpt-1", 1), "ckpt-2", 2), "ckpt-3", 3);
        assertThat(manager.prefixes()).isEqualTo(paths("ckpt-1", "ckpt-2", "ckpt-3"));
        assertThat(state().all()).containsExactly("ckpt-1", "ckpt-2", "ckpt-3");
        manager = save(CheckpointRetention.manager(state(), Policy.latest(0), 4), "ckpt-4", 4);
        assertThat(manager.prefixes()).isEqualTo(paths("ckpt-1", "ckpt-2", "ckpt-3", "ckpt-4"));
        manager = CheckpointRetention.manager(state(), Policy.latest(3), 5);
        assertThat(manager.prefixes()).hasSize(4);
        assertThat(checkpoints()).hasSize(4);
        manager = save(manager, "ckpt-5", 5);
        assertThat(manager.prefixes()).isEqualTo(paths("ckpt-3", "ckpt-4", "ckpt-5"));
        assertThat(checkpoints()).containsExactly("ckpt-3", "ckpt-4", "ckpt-5");
    }

    @Test
    @DisplayName("CK-13 times and the last one kept for good go through the state file")
    void ck13() throws IOException {
        double first = 10_000;
        double second = first + 3610;
        double third = second + 720;
        double fourth = third + 1800;
        double fifth = fourth + 1800;
        CheckpointRetention manager = CheckpointRetention.manager(directory, Policy.latest(2), 3);
        save(save(manager, "ckpt-1", first), "ckpt-2", second);
        assertThat(state().timestamps()).containsExactly(first, second);
        assertThat(state().latest()).isEqualTo("ckpt-2");

        Policy policy = new Policy(2, 1.5);
        manager = CheckpointRetention.manager(state(), policy, second);
        assertThat(manager.prefixes()).isEqualTo(paths("ckpt-1", "ckpt-2"));
        manager = save(manager, "ckpt-3", third);
        assertThat(manager.prefixes()).isEqualTo(paths("ckpt-2", "ckpt-3"));
        assertThat(checkpoints()).containsExactly("ckpt-1", "ckpt-2", "ckpt-3");
        assertThat(state().lastPreserved()).hasValue(first);
        manager = save(manager, "ckpt-4", fourth);
        assertThat(manager.prefixes()).isEqualTo(paths("ckpt-3", "ckpt-4"));
        assertThat(checkpoints()).containsExactly("ckpt-1", "ckpt-3", "ckpt-4");
        manager = save(manager, "ckpt-5", fifth);
        assertThat(manager.prefixes()).isEqualTo(paths("ckpt-4", "ckpt-5"));
        assertThat(state().lastPreserved()).hasValue(first);

        manager = CheckpointRetention.manager(state(), policy, fifth);
        manager = save(manager, "ckpt-6", fifth + 10);
        assertThat(state().lastPreserved()).hasValue(fourth);
        assertThat(checkpoints()).containsExactly("ckpt-1", "ckpt-4", "ckpt-5", "ckpt-6");
        assertThat(manager.prefixes()).isEqualTo(paths("ckpt-5", "ckpt-6"));
    }

    @Test
    @DisplayName("CK-13 a clock that was set back: nothing is deleted of which it is not sure")
    void aClockThatWasSetBack() throws IOException {
        CheckpointRetention manager = CheckpointRetention.manager(directory, new Policy(1, 1), 10_000);
        save(save(save(manager, "ckpt-1", 10_000), "ckpt-2", 13_600), "ckpt-3", 17_200);
        assertThat(checkpoints()).containsExactly("ckpt-2", "ckpt-3");
        assertThat(state().lastPreserved()).hasValue(13_600);
        manager = CheckpointRetention.manager(state(), Policy.latest(1), 5000);
        assertThat(manager.listed()).isEmpty();
        manager = save(save(manager, "ckpt-4", 5010), "ckpt-5", 5020);
        assertThat(manager.prefixes()).isEqualTo(paths("ckpt-5"));
        assertThat(checkpoints()).containsExactly("ckpt-2", "ckpt-3", "ckpt-5");
        assertThat(state().lastPreserved()).hasValue(5000);
        assertThat(state().timestamps()).containsExactly(5020.);
    }

    @Test
    void whatAStateFileWithoutTimesListsIsNotAManagersToDelete() throws IOException {
        save(save(CheckpointRetention.saver(directory, Policy.latest(5), List.of(), 0), "s1", 1), "s2", 2);
        CheckpointRetention manager = CheckpointRetention.manager(state(), Policy.latest(1), 3);
        assertThat(manager.listed()).isEmpty();
        assertThat(save(save(manager, "ckpt-3", 4), "ckpt-4", 5).prefixes()).isEqualTo(paths("ckpt-4"));
        assertThat(checkpoints()).containsExactly("ckpt-4", "s1", "s2");
    }

    @Test
    void policiesThatMakeNoSense() {
        assertThatIllegalArgumentException().isThrownBy(() -> Policy.latest(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Policy(1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Policy(1, Double.NaN));
    }
}
