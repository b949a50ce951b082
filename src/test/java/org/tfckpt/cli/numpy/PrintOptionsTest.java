package org.tfckpt.cli.numpy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tfckpt.cli.numpy.PrintOptions.FloatMode;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;

@DisplayName("Print options are set as TensorFlow's inspect_checkpoint sets them")
class PrintOptionsTest {
    @Test
    void allOfThem() {
        PrintOptions options = PrintOptions.DEFAULT;
        List<String> assignments = List.of(
                "precision=3",
                "threshold= +100_000 ",
                "edgeitems=2",
                "linewidth=120",
                "suppress=True",
                "nanstr=a=b",
                "infstr=",
                "sign= ",
                "floatmode=maxprec_equal");
        for (String assignment : assignments) {
            options = options.with(assignment);
        }
        assertThat(options)
                .isEqualTo(new PrintOptions(3, 100_000, 2, 120, true, "a=b", "", ' ', FloatMode.MAXPREC_EQUAL));
    }

    @Test
    void legacyIsOffAnyway() {
        assertThat(PrintOptions.DEFAULT.with("legacy=False")).isEqualTo(PrintOptions.DEFAULT);
    }

    @Test
    void aThresholdMayBeAnyInteger() {
        assertThat(PrintOptions.DEFAULT.with("threshold=99999999999999999999").threshold())
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void hugeNumbersDoNoHarm() throws Exception {
        ByteBuffer half = ByteBuffer.allocate(4).putFloat(0, 0.5f);
        ArrayValues values = new MemoryValues(DataType.DT_FLOAT, Shape.of(1), half, List.of());
        String digits = "99999999999999999999";
        PrintOptions options = PrintOptions.DEFAULT
                .with("precision=" + digits)
                .with("edgeitems=" + digits)
                .with("linewidth=-" + digits);
        assertThat(MemoryValues.print(values, options)).isEqualTo("[0.5]");
        assertThat(MemoryValues.print(values, options.with("floatmode=fixed"))).startsWith("[0.5000");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "x | 'x' is not in the form k=v.",
                "=x | '=x' is not in the form k=v.",
                "foo=1 | 'foo' is not a valid printoption.",
                "legacy=1 | Setting 'legacy' from the command line is not supported.",
                "formatter=1 | Setting 'formatter' from the command line is not supported.",
                "precision=1.5 | invalid literal for int() with base 10: '1.5'",
                "threshold=it's | invalid literal for int() with base 10: \"it's\"",
                "suppress=maybe | Non-boolean argument to boolean flag: 'maybe'",
                "sign=x | sign option must be one of ' ', '+', or '-'",
                "floatmode=x | floatmode option must be one of \"fixed\", \"unique\", \"maxprec\", \"maxprec_equal\"",
            })
    void whatIsWrong(String assignment, String message) {
        assertThatThrownBy(() -> PrintOptions.DEFAULT.with(assignment))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void aNegativePrecisionFailsWhereItMatters() throws Exception {
        ByteBuffer one = ByteBuffer.allocate(4).putFloat(0, 1);
        ArrayValues values = new MemoryValues(DataType.DT_FLOAT, Shape.of(1), one, List.of());
        PrintOptions negative = PrintOptions.DEFAULT.with("precision=-1");
        assertThatThrownBy(() -> MemoryValues.print(values, negative)).hasMessage("precision must be >= 0");
        assertThat(MemoryValues.print(values, negative.with("floatmode=unique")))
                .isEqualTo("[1.]");
    }
}
