package org.tfckpt.cli;

import java.math.BigDecimal;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses a number of bytes, with or without a unit: {@code 5000}, {@code 5GB} (decimal), {@code 5GiB} (binary). */
final class ByteSize implements ITypeConverter<Long> {
    /** For the descriptions of options. */
    static final String UNITS = " Units are kB, MB, GB, TB (powers of 1000) and KiB, MiB, GiB, TiB (powers of 1024).";

    private static final Pattern SIZE = Pattern.compile("([0-9]{1,19}(?:\\.[0-9]{1,9})?) ?([kKMGT]?)(i?)([bB]?)");
    private static final List<String> PREFIXES = List.of("", "K", "M", "G", "T");

    ByteSize() {}

    @Override
    public Long convert(String text) {
        Matcher size = SIZE.matcher(text.strip());
        boolean isPlain = size.matches() && size.group(2).isEmpty();
        boolean isSize = size.matches()
                && (isPlain ? size.group(3).isEmpty() : !size.group(4).isEmpty());
        if (!isSize) {
            throw new TypeConversionException("'" + text + "' is not a number of bytes, such as 5000, 5GB or 5GiB");
        }
        int power = PREFIXES.indexOf(size.group(2).toUpperCase(java.util.Locale.ROOT));
        BigDecimal unit =
                BigDecimal.valueOf(size.group(3).isEmpty() ? 1000 : 1024).pow(power);
        BigDecimal bytes = new BigDecimal(size.group(1)).multiply(unit);
        try {
            return bytes.longValueExact();
        } catch (ArithmeticException e) {
            throw new TypeConversionException("'" + text + "' is not a whole number of bytes below 2^63");
        }
    }
}
