package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Json;

/**
 * Situations of public bug reports: the answer of the tool must name the cause and the next step. Those marked as open
 * are not answered well yet.
 */
class FieldTest {
    private static final Path FIELD = Corpus.root().resolve("field");

    static Stream<Map<String, Object>> situations() {
        List<Object> all = Json.list(Corpus.json(FIELD.resolve("situations.json")));
        return all.stream().map(Json::object);
    }

    @ParameterizedTest
    @MethodSource("situations")
    void isAnsweredWithCauseAndNextStep(Map<String, Object> situation) {
        if (situation.containsKey("open")) {
            assertThatExceptionOfType(AssertionError.class)
                    .as("no longer open: remove the mark")
                    .isThrownBy(() -> check(situation));
        } else {
            check(situation);
        }
    }

    private static void check(Map<String, Object> situation) {
        Path directory = FIELD.resolve((String) situation.get("case"));
        List<String> given = Json.list(situation.get("args"));
        Object[] args = IntStream.range(0, given.size())
                .mapToObj(i -> i == 0 || given.get(i).startsWith("-")
                        ? given.get(i)
                        : directory.resolve(given.get(i)).normalize())
                .toArray();

        ToolRun run = ToolRun.of(args);

        assertThat((long) run.code()).as(run.err()).isEqualTo(situation.get("exit"));
        Json.<String>list(situation.get("stdout"))
                .forEach(pattern -> assertThat(run.out()).containsPattern("(?m)" + pattern));
        Json.<String>list(situation.get("stderr"))
                .forEach(pattern -> assertThat(run.err()).containsPattern("(?m)" + pattern));
        Json.<String>list(situation.get("any"))
                .forEach(pattern -> assertThat(run.out() + run.err()).containsPattern("(?m)" + pattern));
        Json.<String>list(situation.get("not"))
                .forEach(pattern -> assertThat(run.out() + run.err()).doesNotContainPattern("(?m)" + pattern));
    }
}
