package org.tfckpt.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;

class NameMappingTest {
    @TempDir
    Path directory;

    /** What GNU sed -E prints for the same. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "s#^init/#input/# init/init_bn/x input/init_bn/x",
                "s#init#input# unit/init_bn/init unit/input_bn/init",
                "s#init#input#g unit/init_bn/init unit/input_bn/input",
                "s#init#input#2 unit/init_bn/init unit/init_bn/input",
                "s/o/0/2g foo/boo fo0/b00",
                "s|a/b|c| x/a/b/y x/c/y",
                "s/a\\/b/c\\/d/ x/a/b/y x/c/d/y",
                "s/[/]/x/ a/b axb",
                "s/[^/]+$/last/ a/b/c a/b/last",
                "s/[]/]/x/g a]b/c axbxc",
                "s,INIT,input,i a/init a/input",
                "s,INIT,input,gI init/Init input/input",
                "s#(conv)_([0-9]+)#\\2_\\1# a/conv_12/w a/12_conv/w",
                "s#conv#[&]# a/conv a/[conv]",
                "s#conv#\\&# a/conv a/&",
                "s#conv#\\0\\0# a/conv a/convconv",
                "s#^#top/# a/b top/a/b",
                "s#$#/v# a/b a/b/v",
                "s/a*/x/g baaac xbxcx",
                "s/x*/-/g abc -a-b-c-",
                "s/[[:digit:]]+/N/g a1/b22 aN/bN",
                "s/[^[:alpha:]]/_/g a1/b a__b",
                "s/(x)?b/<\\1>/ ab a<>",
                "s#a#b#;s#b#c#g ab cc",
                "sxaxbx a b",
                "s.a\\.b.c. a.b c",
                "s#(a)\\1#b# aa b",
                "s#none#x# a/b a/b",
            })
    void sed(String rule, String name, String expected) {
        assertThat(NameMapping.sed(rule).apply(name)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "s",
                "s#",
                "s#a",
                "s#a#b",
                "y#a#b#",
                "s#a#b#x",
                "s#a#b#0",
                "s#(#b#",
                "s#a#\\1#",
                "s#a#\\U&#",
                "s a b ",
                "s#[a#b#",
                "s#a#b#g;",
                "init/=input/",
                "s\\a\\b\\"
            })
    void whatIsNoRuleIsSaidToBeNone(String text) {
        if (text.equals("s#a#b#g;")) {
            assertThat(NameMapping.sed(text).apply("aa")).isEqualTo("bb");
            return;
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NameMapping.sed(text))
                .withMessageStartingWith("'" + text + "' is not a rule: ");
    }

    @Test
    void rulesAreAppliedInTheirOrder() {
        NameMapping mapping = NameMapping.pairs(Map.of("a", "b"))
                .then(NameMapping.sed("s/b/c/"))
                .then(NameMapping.prefix("c", "d/c"))
                .then(NameMapping.of(name -> name.equals("d/c") ? "e" : name))
                .then(NameMapping.toObjectKeys());
        assertThat(mapping.apply("a")).isEqualTo("e/.ATTRIBUTES/VARIABLE_VALUE");
        assertThat(mapping)
                .hasToString("1 pair of names; s/b/c/; 'c' from 'd/c'; a function; paths to keys of objects");
        assertThat(NameMapping.of(mapping)).isSameAs(mapping);
    }

    @Test
    void aScopeIsWholeParts() {
        NameMapping mapping = NameMapping.scope("init", "input/");
        assertThat(mapping.apply("init/x")).isEqualTo("input/x");
        assertThat(mapping.apply("init_1/x")).isEqualTo("init_1/x");
        assertThat(mapping.apply("a/init/x")).isEqualTo("a/init/x");
        assertThat(NameMapping.scope("", "old").apply("x")).isEqualTo("old/x");
        assertThat(NameMapping.scope("new", "/").apply("new/x")).isEqualTo("x");
        assertThat(NameMapping.prefix("init", "input").apply("init_1/x")).isEqualTo("input_1/x");
    }

    @Test
    void keysOfObjects() {
        assertThat(NameMapping.toObjectKeys().apply("layer/kernel"))
                .isEqualTo("layer/kernel/.ATTRIBUTES/VARIABLE_VALUE");
        assertThat(NameMapping.toObjectKeys().apply("k/.ATTRIBUTES/VARIABLE_VALUE"))
                .isEqualTo("k/.ATTRIBUTES/VARIABLE_VALUE");
        assertThat(NameMapping.fromObjectKeys().apply("layer/kernel/.ATTRIBUTES/VARIABLE_VALUE"))
                .isEqualTo("layer/kernel");
        assertThat(NameMapping.fromObjectKeys().apply("layer/kernel")).isEqualTo("layer/kernel");
    }

    private NameMapping file(String text) throws IOException {
        return NameMapping.file(Files.writeString(directory.resolve("map.txt"), text));
    }

    @Test
    void aMapFileGoesFromTheCheckpointToTheGraph() throws IOException {
        NameMapping mapping = file("\uFEFF# old -> new\r\n\n  input/DW ->  init/DW \r\ninput/DW\t->\tinit/DW2:0\n"
                + "two words -> x y\nstep->s -> global_step\ninput/DW -> init/DW");
        assertThat(mapping.apply("init/DW")).isEqualTo("input/DW");
        assertThat(mapping.apply("init/DW2")).isEqualTo("input/DW");
        assertThat(mapping.apply("x y")).isEqualTo("two words");
        assertThat(mapping.apply("global_step")).isEqualTo("step->s");
        assertThat(mapping.apply("input/DW")).isEqualTo("input/DW");
        assertThat(file("").apply("x")).isEqualTo("x");
    }

    @Test
    void badLinesOfAMapFileAreNamedByTheirNumbers() {
        Path file = directory.resolve("map.txt");
        assertThatThrownBy(() -> file("a -> b\n# c\nc\nd ->\n-> e\nf -> g -> h\ni -> b\n"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(file + ":3: not 'name in the checkpoint -> name wanted': 'c'")
                .hasMessageContaining(file + ":4: ")
                .hasMessageContaining(file + ":5: ")
                .hasMessageContaining(file + ":6: ")
                .hasMessageContaining(file + ":7: 'b' is already mapped to 'a' in line 1");
        assertThatThrownBy(() -> file("x\n".repeat(30))).hasMessageContaining("… and 25 more");
    }

    private static Wanted wanted(String name) {
        return Wanted.of(name, DataType.DT_FLOAT, Shape.of(2));
    }

    private static TensorInfo tensor(String name) {
        return new TensorInfo(name, DataType.DT_FLOAT.number(), Shape.of(2), null, List.of());
    }

    @Test
    void rulesThatSpeakOfNothingAndCollisionsAreReported() throws IOException {
        NameMapping mapping = file("a -> x\nb -> nobody\n").then(NameMapping.sed("s/y/a/;s/z/b/;s/x/c/"));
        Comparison comparison = Comparison.of(
                List.of(wanted("x"), wanted("y"), wanted("a")), List.of(tensor("a"), tensor("b")), mapping, List.of());
        assertThat(comparison.idleRules()).containsExactly("b -> nobody", "s/z/b/", "s/x/c/");
        assertThat(comparison.collisions())
                .containsExactly(new NameMapping.Collision(tensor("a"), List.of("x", "y", "a")));
        assertThat(comparison.isComplete()).isTrue();
        assertThat(comparison.unused()).extracting(TensorInfo::name).containsExactly("b");
    }
}
