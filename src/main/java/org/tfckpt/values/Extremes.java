package org.tfckpt.values;

import java.util.Arrays;

/** The smallest and largest value of a block, and its smallest magnitude. Not thread-safe. */
final class Extremes {
    private static final int LANES = LaneSums.LANES;

    private final double[] mins = new double[LANES];
    private final double[] maxs = new double[LANES];
    private final double[] magnitudes = new double[LANES];
    private final float[] floatMins = new float[LANES];
    private final float[] floatMaxs = new float[LANES];
    private final float[] floatMagnitudes = new float[LANES];
    private double min;
    private double max;
    private double smallest;

    /** Returns the smallest value; NaN if there is a NaN. Any zero if it is zero. */
    double min() {
        return min;
    }

    double max() {
        return max;
    }

    /** Returns the smallest magnitude. */
    double smallest() {
        return smallest;
    }

    boolean finite() {
        return min > Double.NEGATIVE_INFINITY && max < Double.POSITIVE_INFINITY;
    }

    void of(double[][] rows, int used) {
        Arrays.fill(mins, Double.POSITIVE_INFINITY);
        Arrays.fill(maxs, Double.NEGATIVE_INFINITY);
        Arrays.fill(magnitudes, Double.POSITIVE_INFINITY);
        for (int i = 0; i < used; i += 4) {
            double[] a = rows[i];
            double[] b = rows[Math.min(i + 1, used - 1)];
            double[] c = rows[Math.min(i + 2, used - 1)];
            double[] d = rows[Math.min(i + 3, used - 1)];
            minima(a, b, c, d, mins);
            maxima(a, b, c, d, maxs);
            magnitudes(a, b, c, d, magnitudes);
        }
        reduce();
    }

    void of(float[][] rows, int used) {
        Arrays.fill(floatMins, Float.POSITIVE_INFINITY);
        Arrays.fill(floatMaxs, Float.NEGATIVE_INFINITY);
        Arrays.fill(floatMagnitudes, Float.POSITIVE_INFINITY);
        for (int i = 0; i < used; i += 4) {
            float[] a = rows[i];
            float[] b = rows[Math.min(i + 1, used - 1)];
            float[] c = rows[Math.min(i + 2, used - 1)];
            float[] d = rows[Math.min(i + 3, used - 1)];
            minima(a, b, c, d, floatMins);
            maxima(a, b, c, d, floatMaxs);
            magnitudes(a, b, c, d, floatMagnitudes);
        }
        for (int i = 0; i < LANES; i++) {
            mins[i] = floatMins[i];
            maxs[i] = floatMaxs[i];
            magnitudes[i] = floatMagnitudes[i];
        }
        reduce();
    }

    private static void minima(double[] a, double[] b, double[] c, double[] d, double[] lanes) {
        for (int i = 0; i < LANES; i++) {
            lanes[i] = Math.min(lanes[i], Math.min(Math.min(a[i], b[i]), Math.min(c[i], d[i])));
        }
    }

    private static void maxima(double[] a, double[] b, double[] c, double[] d, double[] lanes) {
        for (int i = 0; i < LANES; i++) {
            lanes[i] = Math.max(lanes[i], Math.max(Math.max(a[i], b[i]), Math.max(c[i], d[i])));
        }
    }

    private static void magnitudes(double[] a, double[] b, double[] c, double[] d, double[] lanes) {
        for (int i = 0; i < LANES; i++) {
            lanes[i] = Math.min(
                    lanes[i],
                    Math.min(Math.min(Math.abs(a[i]), Math.abs(b[i])), Math.min(Math.abs(c[i]), Math.abs(d[i]))));
        }
    }

    private static void minima(float[] a, float[] b, float[] c, float[] d, float[] lanes) {
        for (int i = 0; i < LANES; i++) {
            lanes[i] = Math.min(lanes[i], Math.min(Math.min(a[i], b[i]), Math.min(c[i], d[i])));
        }
    }

    private static void maxima(float[] a, float[] b, float[] c, float[] d, float[] lanes) {
        for (int i = 0; i < LANES; i++) {
            lanes[i] = Math.max(lanes[i], Math.max(Math.max(a[i], b[i]), Math.max(c[i], d[i])));
        }
    }

    private static void magnitudes(float[] a, float[] b, float[] c, float[] d, float[] lanes) {
        for (int i = 0; i < LANES; i++) {
            lanes[i] = Math.min(
                    lanes[i],
                    Math.min(Math.min(Math.abs(a[i]), Math.abs(b[i])), Math.min(Math.abs(c[i]), Math.abs(d[i]))));
        }
    }

    private void reduce() {
        min = mins[0];
        max = maxs[0];
        smallest = magnitudes[0];
        for (int i = 1; i < LANES; i++) {
            // Not written with Math.min, which takes longer; also true for NaN.
            if (!(mins[i] >= min)) {
                min = Math.min(min, mins[i]);
            }
            if (!(maxs[i] <= max)) {
                max = Math.max(max, maxs[i]);
            }
            if (!(magnitudes[i] >= smallest)) {
                smallest = Math.min(smallest, magnitudes[i]);
            }
        }
    }
}
