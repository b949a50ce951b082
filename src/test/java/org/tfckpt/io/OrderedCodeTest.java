package org.tfckpt.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrderedCodeTest {
    private static final HexFormat HEX = HexFormat.of();

    @ParameterizedTest
    @CsvSource({"'',0001", "666f6f,666f6f0001", "68656c6c6f,68656c6c6f0001", "0001ff,00ff01ff000001"})
    @DisplayName("OC-01 strings encoded as expected, and decoded")
    void oc01_strings(String string, String expected) throws IOException {
        byte[] encoded = string(HEX.parseHex(string));
        assertThat(HEX.formatHex(encoded)).isEqualTo(expected);
        ByteBuffer in = ByteBuffer.wrap(encoded);
        assertThat(HEX.formatHex(OrderedCode.readString(in))).isEqualTo(string);
        assertThat(in.hasRemaining()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0,00",
        "1,0101",
        "255,01ff",
        "256,020100",
        "65535,02ffff",
        "65536,03010000",
        "16777216,0401000000",
        "4294967296,050100000000",
        "72057594037927935,07ffffffffffffff",
        "72057594037927936,080100000000000000",
        "9223372036854775809,088000000000000001"
    })
    @DisplayName("OC-02 unsigned numbers encoded as expected, and decoded")
    void oc02_unsignedNumbers(String number, String expected) throws IOException {
        byte[] encoded = unsigned(Long.parseUnsignedLong(number));
        assertThat(HEX.formatHex(encoded)).isEqualTo(expected);
        assertThat(Long.toUnsignedString(OrderedCode.readUnsigned(ByteBuffer.wrap(encoded))))
                .isEqualTo(number);
    }

    @ParameterizedTest
    @CsvSource({
        "0,80",
        "1,81",
        "63,bf",
        "64,c040",
        "127,c07f",
        "128,c080",
        "255,c0ff",
        "256,c100",
        "8191,dfff",
        "8192,e02000",
        "32767,e07fff",
        "65536,e10000",
        "1048575,efffff",
        "1048576,f0100000",
        "16777216,f1000000",
        "134217727,f7ffffff",
        "134217728,f808000000",
        "4342338,f0424242"
    })
    @DisplayName("OC-03 signed numbers encoded as expected, and decoded")
    void oc03_signedNumbers(long number, String expected) throws IOException {
        assertSigned(number, expected);
    }

    @ParameterizedTest
    @CsvSource({
        "-1,7f",
        "-64,40",
        "-65,3fbf",
        "-2048,3800",
        "36028797018963967,ff7fffffffffffff",
        "36028797018963968,ff8080000000000000",
        "-36028797018963968,0080000000000000",
        "9223372036854775807,ffc07fffffffffffffff",
        "-9223372036854775808,003f8000000000000000"
    })
    @DisplayName("OC-04 negative and wide signed numbers encoded as expected, and decoded")
    void oc04_negativeAndWideNumbers(long number, String expected) throws IOException {
        assertSigned(number, expected);
    }

    private static void assertSigned(long number, String expected) throws IOException {
        byte[] encoded = signed(number);
        assertThat(HEX.formatHex(encoded)).isEqualTo(expected);
        assertThat(OrderedCode.readSigned(ByteBuffer.wrap(encoded))).isEqualTo(number);
    }

    @Test
    @DisplayName(
            "OC-05 every number survives a round trip, prefixes of its encoding are rejected, and encodings can be concatenated")
    void oc05_roundTrip() throws IOException {
        long[] numbers = numbers();
        for (int i = 0; i < numbers.length; i++) {
            long number = numbers[i];
            long next = numbers[(i + 1) % numbers.length];
            assertRoundTrip(unsigned(number), unsigned(next), OrderedCode::readUnsigned, number, next);
            assertRoundTrip(signed(number), signed(next), OrderedCode::readSigned, number, next);
        }
    }

    private interface Read {
        long from(ByteBuffer in) throws IOException;
    }

    private static void assertRoundTrip(byte[] first, byte[] second, Read read, long number, long next)
            throws IOException {
        for (int length = 0; length < first.length; length++) {
            ByteBuffer cut = ByteBuffer.wrap(Arrays.copyOf(first, length));
            assertRejected(() -> read.from(cut));
            assertThat(cut.position()).isZero();
        }
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(first);
        both.writeBytes(second);
        ByteBuffer in = ByteBuffer.wrap(both.toByteArray());
        assertThat(read.from(in)).isEqualTo(number);
        assertThat(in.position()).isEqualTo(first.length);
        assertThat(read.from(in)).isEqualTo(next);
        assertThat(in.hasRemaining()).isFalse();
    }

    /** All powers of two and their neighbours, and random numbers of every width, both signs. */
    private static long[] numbers() {
        Random random = new Random(5);
        return LongStream.rangeClosed(0, 63)
                .flatMap(bit -> {
                    long power = 1L << bit;
                    long randomOfWidth = random.nextLong() >>> bit;
                    return LongStream.of(power - 1, power, power + 1, randomOfWidth, ~randomOfWidth, -power);
                })
                .toArray();
    }

    @Test
    @DisplayName("OC-06 encodings sort like the encoded values")
    void oc06_encodingsSort() {
        long[] sorted = LongStream.of(numbers()).sorted().distinct().toArray();
        for (int i = 1; i < sorted.length; i++) {
            assertThat(Arrays.compareUnsigned(signed(sorted[i - 1]), signed(sorted[i])))
                    .as("signed %d, %d", sorted[i - 1], sorted[i])
                    .isNegative();
            boolean below = Long.compareUnsigned(sorted[i - 1], sorted[i]) < 0;
            assertThat(Arrays.compareUnsigned(unsigned(sorted[i - 1]), unsigned(sorted[i])) < 0)
                    .as("unsigned %d, %d", sorted[i - 1], sorted[i])
                    .isEqualTo(below);
        }
        String[] strings = {"", "00", "01", "61", "6161", "ff", "ff00", "ff01"};
        for (int i = 1; i < strings.length; i++) {
            byte[] before = string(HEX.parseHex(strings[i - 1]));
            assertThat(Arrays.compareUnsigned(before, string(HEX.parseHex(strings[i]))))
                    .as(strings[i])
                    .isNegative();
        }
    }

    @Test
    @DisplayName("OC-07 numbers beyond 64 bits are rejected and the position does not change")
    void oc07_overflow() {
        ByteBuffer tooLong = ByteBuffer.wrap(HEX.parseHex("09010000000000000000"));
        assertRejected(() -> OrderedCode.readUnsigned(tooLong));
        assertThat(tooLong.position()).isZero();
        for (String hex : new String[] {
            "ffc08000000000000000", "003f7fffffffffffffff", "ffe00000000000000000", "ffffffffffffffffffffff"
        }) {
            ByteBuffer in = ByteBuffer.wrap(HEX.parseHex(hex));
            assertRejected(() -> OrderedCode.readSigned(in));
            assertThat(in.position()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"c000,0", "c001,1", "e00001,1", "f0000040,64", "3fff,-1", "1fffbf,-65", "ffc00000000000000001,1"})
    @DisplayName("OC-08 signed numbers with unnecessarily long encodings are accepted")
    void oc08_longSignedForms(String hex, long number) throws IOException {
        assertThat(OrderedCode.readSigned(ByteBuffer.wrap(HEX.parseHex(hex)))).isEqualTo(number);
    }

    @ParameterizedTest
    @CsvSource({"0100,0", "020001,1", "080000000000000000,0", "0300ffff,65535"})
    @DisplayName("OC-08 unsigned numbers with leading zeros are accepted")
    void oc08_leadingZeros(String hex, long number) throws IOException {
        assertThat(OrderedCode.readUnsigned(ByteBuffer.wrap(HEX.parseHex(hex)))).isEqualTo(number);
    }

    @Test
    @DisplayName("OC-09 two concatenated random strings are read in order, and reading a third is rejected")
    void oc09_randomStrings() throws IOException {
        Random random = new Random(9);
        for (int length = 0; length < 256; length++) {
            byte[] first = new byte[length];
            byte[] second = new byte[random.nextInt(256)];
            random.nextBytes(first);
            random.nextBytes(second);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            OrderedCode.writeString(out, first);
            OrderedCode.writeString(out, second);
            ByteBuffer in = ByteBuffer.wrap(out.toByteArray());
            assertThat(OrderedCode.readString(in)).isEqualTo(first);
            assertThat(OrderedCode.readString(in)).isEqualTo(second);
            assertRejected(() -> OrderedCode.readString(in));
        }
    }

    @ParameterizedTest
    @CsvSource({"''", "61", "6100", "0002", "ff01", "ff", "00ff", "61ff0001", "00fe0001"})
    void unterminatedStringsAreRejected(String hex) {
        ByteBuffer in = ByteBuffer.wrap(HEX.parseHex(hex));
        assertRejected(() -> OrderedCode.readString(in));
        assertThat(in.position()).isZero();
    }

    private static void assertRejected(ThrowingCallable read) {
        assertThatExceptionOfType(MalformedBytesException.class).isThrownBy(read);
    }

    private static byte[] string(byte[] string) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        OrderedCode.writeString(out, string);
        return out.toByteArray();
    }

    private static byte[] unsigned(long number) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        OrderedCode.writeUnsigned(out, number);
        return out.toByteArray();
    }

    private static byte[] signed(long number) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        OrderedCode.writeSigned(out, number);
        return out.toByteArray();
    }
}
