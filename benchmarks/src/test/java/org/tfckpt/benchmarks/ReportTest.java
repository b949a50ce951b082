package org.tfckpt.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final String OURS = "ReadBenchmark.readAndCheckMapped data=FEW_LARGE";
    private static final String CEILING = "ReadBenchmark.crc32cOfOneMapping data=FEW_LARGE";

    private static String report(Figure... figures) {
        Machine machine = new Machine(List.of("a machine"), 4_760_000);
        return Report.of(machine, List.of(new Section("Reading", List.of(figures))));
    }

    private static Figure figure(String name, String jdk, double median) {
        return new Figure(name, jdk, median, median / 2, median * 2, 2e6);
    }

    private static String line(String report, String start) {
        return report.lines().filter(line -> line.startsWith(start)).findFirst().orElseThrow();
    }

    @Test
    void ratioOfTheMediansWithTheLeastAndTheMostForEachJdk() {
        String report = report(
                figure(CEILING, "17", 0.095),
                figure(OURS, "17", 0.1),
                figure(CEILING, "25", 0.05),
                figure(OURS, "25", 0.1));
        assertEquals(
                "| read and check 2 GiB in 660 tensors, one thread | the ceiling, `CRC32C` of one warm mapping | ≥ 0.9× "
                        + "| 0.95× (0.238–3.8), met | 0.5× (0.125–2), **missed** |",
                line(report, "| read and check 2 GiB"));
        assertEquals("|  | compared with | target | 17 | 25 |", line(report, "|  | compared with"));
    }

    @Test
    void peerOfOneJdkStandsBesideTheOthers() {
        String name = "ReadBenchmark.openReadAndCheckMapped data=MANY_SMALL";
        String report = report(
                figure("TensorFlowRestoreBenchmark.restore data=MANY_SMALL threads=1", "17", 1),
                figure(name, "17", 0.1),
                figure(name, "25", 0.2));
        String line = line(report, "| open, read and check 200,000");
        assertTrue(line.contains("| 10× (2.5–40), met | 5× (1.25–20), **missed** |"), line);
    }

    @Test
    void missingPeerIsSaidAndWhatIsNoPartOfTheRunLeftOut() {
        String line = line(report(figure(OURS, "17", 1)), "| read and check 2 GiB");
        assertTrue(line.endsWith("| not measured |"), line);
        assertFalse(report(figure(OURS, "17", 1)).contains("| rename"));
    }

    @Test
    void everyFigureHasItsLine() {
        String report = report(figure(OURS, "17", 0.1), figure("Process.hello", "17", 0.04));
        assertTrue(
                report.contains("| `ReadBenchmark.readAndCheckMapped` data=FEW_LARGE | 100 ms (50 ms–200 ms), 2 MB |"),
                report);
        assertTrue(report.contains("| `Process.hello` | 40 ms"), report);
        assertTrue(report.contains("| the tool's jar |  | ≤ 5 MB | 4.76 MB, met |"), report);
    }

    @Test
    void figureIsFoundByMethodAndAnyOfItsParameters() {
        Figure figure = figure("A.run data=MIXED threads=12", "17", 1);
        assertTrue(figure.is("A.run"));
        assertTrue(figure.is("A.run threads=12"));
        assertFalse(figure.is("A.run threads=1"));
        assertFalse(figure.is("A.ru"));
    }

    @Test
    void medianAndMiddleHalfOfRuns() {
        Figure figure = Figure.of("x", "17", 9, 1, 4, 3, 2, 5, 6, 7, 8);
        assertEquals(5, figure.median());
        assertEquals(2.5, figure.low());
        assertEquals(7.5, figure.high());
    }

    @Test
    void threeDigitsThatMatter() {
        assertEquals("0.579", Report.number(0.5789));
        assertEquals("12.3", Report.number(12.34));
        assertEquals("1500", Report.number(1500));
        assertEquals("10", Report.number(10.01));
        assertEquals("36 µs", Report.seconds(36e-6));
        assertEquals("2.45 s", Report.seconds(2.45));
        assertEquals("1.75 MB", Report.bytes(1.75e6));
    }
}
