package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MappingOptionsTest {
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "log/model.ckpt-1, log/model.ckpt-1",
                "s#^a/#b/#, 's#^a/#b/#'",
                "it's, 'it'\\''s'",
                "\"\", ''",
                "two words, 'two words'",
                "$HOME, '$HOME'"
            })
    void aWordIsQuotedWhereAShellWouldReadMoreIntoIt(String word, String quoted) {
        assertThat(MappingOptions.quoted(word)).isEqualTo(quoted);
    }
}
