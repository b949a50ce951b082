package org.tfckpt.values;

import java.nio.ByteBuffer;
import org.tfckpt.scan.DoubleReader;
import org.tfckpt.tensor.DataType;

/** Differences between complex numbers; a difference is the absolute value of a − b. */
final class ComplexPairs extends RealPairs {
    private final DoubleReader reader;
    private final double[] a = new double[2 * BLOCK];
    private final double[] b = new double[2 * BLOCK];
    private final double[] absolute = new double[BLOCK];

    ComplexPairs(DataType type, Tolerance tolerance) {
        super(tolerance);
        this.reader = new DoubleReader(type);
    }

    @Override
    void addBlock(ByteBuffer bytesA, ByteBuffer bytesB, int first, int n) {
        reader.read(bytesA, 2 * first, a, 2 * n);
        reader.read(bytesB, 2 * first, b, 2 * n);
        int kept = 0;
        for (int i = 0; i < n; i++) {
            if (add(first + i, a[2 * i], a[2 * i + 1], b[2 * i], b[2 * i + 1], kept)) {
                a[2 * kept] = a[2 * i];
                a[2 * kept + 1] = a[2 * i + 1];
                b[2 * kept] = b[2 * i];
                b[2 * kept + 1] = b[2 * i + 1];
                kept++;
            }
        }
        finite += kept;
        sums.addScaled(a, b, 2 * kept, true);
        sums.addAbsolute(absolute, kept);
    }

    /** Compares a pair; returns whether both are finite. */
    private boolean add(int index, double realA, double imaginaryA, double realB, double imaginaryB, int kept) {
        boolean isNanA = Double.isNaN(realA) || Double.isNaN(imaginaryA);
        boolean isNanB = Double.isNaN(realB) || Double.isNaN(imaginaryB);
        nanA += isNanA ? 1 : 0;
        nanB += isNanB ? 1 : 0;
        boolean bothFinite = Double.isFinite(realA)
                && Double.isFinite(imaginaryA)
                && Double.isFinite(realB)
                && Double.isFinite(imaginaryB);
        double difference = Complex.absolute(realA - realB, imaginaryA - imaginaryB);
        double magnitude = Complex.absolute(realB, imaginaryB);
        if (isNanA && isNanB) {
            outside += tolerance.equalNan() ? 0 : 1;
        } else if (realA != realB || imaginaryA != imaginaryB) {
            different++;
            outside += bothFinite && difference <= tolerance.limit(magnitude) ? 0 : 1;
        }
        if (bothFinite) {
            absolute[kept] = difference;
            if (Double.isInfinite(difference)) {
                double half = Complex.absolute(realA / 2 - realB / 2, imaginaryA / 2 - imaginaryB / 2);
                absolute[kept] = 0;
                sums.addTwice(half);
                addRelative(half, Complex.absolute(realB / 2, imaginaryB / 2));
            } else {
                addRelative(difference, magnitude);
            }
            if (difference > chunkMax) {
                chunkMax = difference;
                chunkAt = index;
            }
        }
        return bothFinite;
    }
}
