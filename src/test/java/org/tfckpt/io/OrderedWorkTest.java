package org.tfckpt.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OrderedWorkTest {
    @Test
    void throwsTheErrorOfTheFirstJobInOrderNotInTime() {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 100; round++) {
                CountDownLatch secondFailed = new CountDownLatch(1);
                assertThatThrownBy(() -> OrderedWork.forEach(
                                List.of(0, 1, 2, 3),
                                job -> {
                                    if (job == 0) {
                                        awaitUninterruptibly(secondFailed);
                                        throw new IOException("first");
                                    } else if (job == 1) {
                                        secondFailed.countDown();
                                        throw new IOException("second");
                                    }
                                },
                                threads,
                                2))
                        .isInstanceOf(IOException.class)
                        .hasMessage("first");
            }
        } finally {
            threads.shutdown();
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aFailureEndsTheWork() {
        try (OrderedWork work = new OrderedWork(task -> {}, 8)) {
            int[] finished = {0};
            assertThatThrownBy(() -> {
                        for (int i : IntStream.range(0, 1000).toArray()) {
                            work.add(() -> {
                                finished[0]++;
                                if (i == 40) {
                                    throw new IOException("job " + i);
                                }
                            });
                        }
                        work.finish();
                    })
                    .isInstanceOf(IOException.class)
                    .hasMessage("job 40");
            assertThat(finished[0]).isEqualTo(41);
        }
    }

    @Test
    void nothingIsLeftToFinishAfterAFailure() throws IOException {
        try (OrderedWork work = new OrderedWork(task -> {}, 2)) {
            work.add(new FailingJob());
            work.add(() -> {
                throw new AssertionError("a job after the failed one was finished");
            });
            assertThatThrownBy(work::finish).hasMessage("failing job");
            work.finish();
        }
    }

    private static final class FailingJob implements OrderedWork.Job {
        @Override
        public void run() throws IOException {
            throw new IOException("failing job");
        }

        @Override
        public void finish() {}
    }
}
