package org.tfckpt.benchmarks;

import java.util.List;

/** The ratios in the table of targets. */
final class Targets {
    /** All ratios in the order of the table. */
    static final List<Target> ALL = List.of(
            speed(
                    "read and check 2 GiB in 660 tensors, one thread",
                    "ReadBenchmark.readAndCheckMapped data=FEW_LARGE",
                    "the ceiling, `CRC32C` of one warm mapping",
                    "ReadBenchmark.crc32cOfOneMapping data=FEW_LARGE",
                    0.9),
            speed(
                    "the same, its mapping warm",
                    "ReadBenchmark.readAndCheckMapped data=FEW_LARGE",
                    "TensorFlow's restore of all tensors, one thread",
                    "TensorFlowRestoreBenchmark.restore data=FEW_LARGE threads=1",
                    6),
            speed(
                    "the same, opened and mapped anew",
                    "ReadBenchmark.openReadAndCheckMapped data=FEW_LARGE",
                    "TensorFlow's restore of all tensors, one thread",
                    "TensorFlowRestoreBenchmark.restore data=FEW_LARGE threads=1",
                    0),
            speed(
                    "the same, opened and mapped anew",
                    "ReadBenchmark.openReadAndCheckMapped data=FEW_LARGE",
                    "TensorFlow's restore, two threads",
                    "TensorFlowRestoreBenchmark.restore data=FEW_LARGE threads=2",
                    0),
            speed(
                    "open, read and check 200,000 tensors of 1 KiB",
                    "ReadBenchmark.openReadAndCheckMapped data=MANY_SMALL",
                    "TensorFlow's restore of all tensors, one thread",
                    "TensorFlowRestoreBenchmark.restore data=MANY_SMALL threads=1",
                    6),
            speed(
                    "verify 200,000 tensors of 1 KiB through the channel, one thread",
                    "ReadBenchmark.verifyThroughTheChannel data=MANY_SMALL",
                    "TensorFlow's restore of all tensors, one thread",
                    "TensorFlowRestoreBenchmark.restore data=MANY_SMALL threads=1",
                    0),
            time(
                    "open, read the first of 1,000,000 tensors",
                    "LookupBenchmark.openAndReadFirst tensors=1000000",
                    "of 100",
                    "LookupBenchmark.openAndReadFirst tensors=100",
                    1.5),
            speed(
                    "open, read the first of 100 tensors",
                    "LookupBenchmark.openAndReadFirst tensors=100",
                    "TensorFlow's restore of that one",
                    "TensorFlowOneBenchmark.restoreFirst tensors=100",
                    1),
            speed(
                    "open, read the first of 1,000,000 tensors",
                    "LookupBenchmark.openAndReadFirst tensors=1000000",
                    "TensorFlow's restore of that one",
                    "TensorFlowOneBenchmark.restoreFirst tensors=1000000",
                    1),
            speed(
                    "open, read the first of 1,000,000 tensors",
                    "LookupBenchmark.openAndReadFirst tensors=1000000",
                    "TensorFlow's checkpoint reader",
                    "TensorFlowOneBenchmark.readerOpenAndReadFirst tensors=1000000",
                    0),
            speed(
                    "list 1,000,000 tensors with dtype and shape",
                    "ListBenchmark.list tensors=1000000",
                    "TensorFlow's checkpoint reader",
                    "TensorFlowOneBenchmark.readerOpenAndList tensors=1000000",
                    5),
            speed(
                    "list 1,000,000 tensors with dtype and shape",
                    "ListBenchmark.list tensors=1000000",
                    "opening the same reader only, which reads the list",
                    "TensorFlowOneBenchmark.readerOpen tensors=1000000",
                    0),
            speed(
                    "256 rows of an embedding of 512 MB, including the check of the tensor",
                    "RowsBenchmark.firstLook data=EMBEDDING",
                    "TensorFlow's restore of that slice",
                    "TensorFlowRowsBenchmark.firstLook data=EMBEDDING",
                    0),
            speed(
                    "open, read and check a partitioned tensor of 512 MB",
                    "FormBenchmark.read data=PARTITIONED",
                    "TensorFlow's restore of it",
                    "TensorFlowRestoreBenchmark.restore data=PARTITIONED threads=1",
                    0),
            speed(
                    "open, read and check V1, 256 tensors of 1 MiB",
                    "FormBenchmark.read data=V1",
                    "TensorFlow's restore of all tensors",
                    "TensorFlowRestoreBenchmark.restore data=V1 threads=1",
                    0),
            speed(
                    "open, read and check 1,000,000 strings in one buffer, and access each",
                    "FormBenchmark.read data=STRINGS",
                    "TensorFlow's restore of them",
                    "TensorFlowRestoreBenchmark.restore data=STRINGS threads=1",
                    3),
            speed(
                    "open, read and check 1,000,000 strings, one array each",
                    "FormBenchmark.read data=STRING_ARRAYS",
                    "TensorFlow's restore of them",
                    "TensorFlowRestoreBenchmark.restore data=STRINGS threads=1",
                    0),
            time(
                    "statistics of 1 GiB of float32, without quantiles, one thread",
                    "ValuesBenchmark.stats dtype=DT_FLOAT threads=1",
                    "`CRC32C` of one warm mapping",
                    "ValuesBenchmark.crc32cOfOneMapping dtype=DT_FLOAT threads=1",
                    10),
            time(
                    "the same with quantiles",
                    "ValuesBenchmark.statsWithQuantiles dtype=DT_FLOAT threads=1",
                    "`CRC32C` of one warm mapping",
                    "ValuesBenchmark.crc32cOfOneMapping dtype=DT_FLOAT threads=1",
                    16),
            speed(
                    "the same with two threads",
                    "ValuesBenchmark.statsWithQuantiles dtype=DT_FLOAT threads=2",
                    "with one",
                    "ValuesBenchmark.statsWithQuantiles dtype=DT_FLOAT threads=1",
                    1.7),
            speed(
                    "the same with one thread",
                    "ValuesBenchmark.statsWithQuantiles dtype=DT_FLOAT threads=1",
                    "a process with NumPy",
                    "ValuesBenchmark.numpy dtype=DT_FLOAT threads=1",
                    8),
            time(
                    "differences of two files of 1 GiB, all float32 different",
                    "ValuesBenchmark.diff dtype=DT_FLOAT threads=1",
                    "`CRC32C` of one of them",
                    "ValuesBenchmark.crc32cOfOneMapping dtype=DT_FLOAT threads=1",
                    20),
            time(
                    "compare two indexes of 1,000,000 tensors with `--checksums`",
                    "ListBenchmark.diffChecksums tensors=1000000",
                    "listing one",
                    "ListBenchmark.list tensors=1000000",
                    2.5),
            time(
                    "the average of five checkpoints of 1 GiB",
                    "AverageBenchmark.average",
                    "reading five and writing one",
                    "AverageBenchmark.readFiveAndWriteOne",
                    2),
            speed(
                    "verify 1 GiB with two threads, mapped",
                    "VerifyBenchmark.verifyMapped tensors=330 threads=2",
                    "with one",
                    "VerifyBenchmark.verifyMapped tensors=330 threads=1",
                    0),
            speed(
                    "verify 1 GiB with two threads, through the channel",
                    "VerifyBenchmark.verifyThroughTheChannel tensors=330 threads=2",
                    "with one",
                    "VerifyBenchmark.verifyThroughTheChannel tensors=330 threads=1",
                    0),
            time(
                    "rename the tensors of 4 GiB",
                    "RewriteBenchmark.rename mebibytes=4096",
                    "of 4 MiB",
                    "RewriteBenchmark.rename mebibytes=4",
                    2),
            speed(
                    "rename the tensors of 4 GiB",
                    "RewriteBenchmark.rename mebibytes=4096",
                    "TensorFlow's restore and save of the same",
                    "TensorFlowSaveBenchmark.loadAndSave mebibytes=4096",
                    0),
            time(
                    "rewrite 1 GiB, copied whole, on the disk",
                    "RewriteBenchmark.copyWhole mebibytes=1024 place=DISK",
                    "`cp` and `sync`",
                    "RewriteBenchmark.cpAndSync mebibytes=1024 place=DISK",
                    1.2),
            time(
                    "the same",
                    "RewriteBenchmark.copyWhole mebibytes=1024 place=DISK",
                    "`cp`, which does not wait for the disk",
                    "RewriteBenchmark.cp mebibytes=1024 place=DISK",
                    1.2),
            time(
                    "the same into a file system in memory",
                    "RewriteBenchmark.copyWhole mebibytes=1024 place=MEMORY",
                    "`cp`",
                    "RewriteBenchmark.cp mebibytes=1024 place=MEMORY",
                    1.2),
            time(
                    "rewrite 1 GiB without one tensor, the others checked, on the disk",
                    "RewriteBenchmark.copyAllButOne mebibytes=1024 place=DISK",
                    "`cp` and `sync`",
                    "RewriteBenchmark.cpAndSync mebibytes=1024 place=DISK",
                    1.2),
            time(
                    "the same into a file system in memory",
                    "RewriteBenchmark.copyAllButOne mebibytes=1024 place=MEMORY",
                    "`cp`",
                    "RewriteBenchmark.cp mebibytes=1024 place=MEMORY",
                    1.2),
            time(
                    "convert 1 GiB to safetensors, in 64 MB of heap",
                    "ConvertBenchmark.toSafetensors mebibytes=1024",
                    "`cp` and `sync`",
                    "ConvertBenchmark.cpAndSync mebibytes=1024",
                    1.2),
            time(
                    "convert 1 GiB to four safetensors files",
                    "ConvertBenchmark.toFourSafetensors mebibytes=1024",
                    "`cp` and `sync`",
                    "ConvertBenchmark.cpAndSync mebibytes=1024",
                    1.2),
            time(
                    "convert 1 GiB to npz",
                    "ConvertBenchmark.toNpz mebibytes=1024",
                    "`cp` and `sync`",
                    "ConvertBenchmark.cpAndSync mebibytes=1024",
                    1.2),
            time(
                    "open a safetensors file of 1,000 tensors",
                    "SafetensorsBenchmark.openAndClose",
                    "a pass of Jackson's parser over its header",
                    "SafetensorsBenchmark.parseHeader",
                    1.5),
            time(
                    "transpose 30522 × 768 floats",
                    "TransposeBenchmark.transpose shape=30522x768",
                    "a copy in memory",
                    "TransposeBenchmark.memoryCopy shape=30522x768",
                    3),
            time(
                    "transpose 768 × 30522 floats",
                    "TransposeBenchmark.transpose shape=768x30522",
                    "a copy in memory",
                    "TransposeBenchmark.memoryCopy shape=768x30522",
                    3),
            time(
                    "transpose 16384 × 16384 floats (1 GiB)",
                    "TransposeBenchmark.transpose shape=16384x16384",
                    "a copy in memory",
                    "TransposeBenchmark.memoryCopy shape=16384x16384",
                    5),
            time(
                    "`ls` of 200 tensors, the whole process",
                    "Process.ls tensors=200",
                    "a bare JVM start",
                    "Process.hello",
                    2.5),
            time(
                    "the same with an archive of its classes",
                    "Process.lsWithArchive",
                    "a bare JVM start",
                    "Process.hello",
                    0),
            speed(
                    "the same without an archive",
                    "Process.ls tensors=200",
                    "a process with TensorFlow's library that lists them",
                    "Process.tensorFlowList tensors=200",
                    0),
            speed(
                    "`ls` of 1,000,000 tensors, the whole process",
                    "Process.ls tensors=1000000",
                    "a process with TensorFlow's library that lists them",
                    "Process.tensorFlowList tensors=1000000",
                    0),
            speed(
                    "`verify` of 2 GiB, the whole process",
                    "Process.verify",
                    "a process with TensorFlow's library that restores them",
                    "Process.tensorFlowRestore",
                    0));

    private static Target speed(String what, String ours, String other, String beside, double limit) {
        return new Target(what, ours, other, beside, Target.Kind.SPEED, limit);
    }

    private static Target time(String what, String ours, String other, String beside, double limit) {
        return new Target(what, ours, other, beside, Target.Kind.TIME, limit);
    }

    private Targets() {}
}
