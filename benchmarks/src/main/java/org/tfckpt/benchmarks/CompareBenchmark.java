package org.tfckpt.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.tfckpt.restore.Comparison;
import org.tfckpt.restore.NameMapping;
import org.tfckpt.restore.VariableSource;
import org.tfckpt.restore.Wanted;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;

/**
 * Compares variables with as many tensors, all names different, with a suggestion for each: once one rule explains all
 * names, once none does. Ten times as many names should take about ten times as long.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 3)
@Measurement(iterations = 3, time = 3)
public class CompareBenchmark {
    @Param({"2000", "20000"})
    public int names;

    @Param({"scope", "scrambled"})
    public String difference;

    private List<Wanted> wanted;
    private List<TensorInfo> tensors;

    @Setup
    public void make() {
        wanted = new ArrayList<>();
        tensors = new ArrayList<>();
        Random random = new Random(1);
        for (int i = 0; i < names; i++) {
            String name = String.format(Locale.ROOT, "block_%04d/layer_%02d/kernel", i / 20, i % 20);
            Shape shape = Shape.of(16 + i % 7, 32);
            boolean scope = difference.equals("scope");
            String variable = scope ? "new/" + name : name + "_" + Integer.toHexString(random.nextInt());
            wanted.add(Wanted.of(variable, DataType.DT_FLOAT, shape));
            String tensor = scope ? "old/" + name : Integer.toHexString(random.nextInt()) + "/" + name;
            tensors.add(new TensorInfo(
                    tensor,
                    DataType.DT_FLOAT.number(),
                    shape,
                    new TensorInfo.Storage(0, 0, 4 * shape.elements(), 0),
                    List.of()));
        }
    }

    @Benchmark
    public int compareAndSuggest() {
        Comparison comparison = Comparison.of(wanted, tensors, NameMapping.NONE, List.of());
        int suggestions = 0;
        for (VariableSource source : comparison.missing()) {
            suggestions += comparison.suggestions().of(source).size();
        }
        return suggestions;
    }
}
