package org.tfckpt.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.tfckpt.Checkpoint;
import org.tfckpt.Linking;
import org.tfckpt.Sharding;
import org.tfckpt.edit.Rewrite;
import org.tfckpt.edit.RewriteProgress;
import org.tfckpt.restore.NameMapping;

/**
 * Rewrites a checkpoint in place repeatedly until it is killed. All tensors get the same number as a prefix, which is
 * printed when the checkpoint is finished. Data files are copied, linked or resharded at random.
 */
public final class EndlessRewriter {
    private EndlessRewriter() {}

    /** Arguments: the prefix, the first number, a seed. */
    public static void main(String[] args) throws IOException {
        Path prefix = Path.of(args[0]);
        Random random = new Random(Long.parseLong(args[2]));
        for (int number = Integer.parseInt(args[1]); ; number++) {
            rewrite(prefix, number, random);
            System.out.println(number);
        }
    }

    public static void rewrite(Path prefix, int number, Random random) throws IOException {
        try (Checkpoint source = Checkpoint.open(prefix)) {
            Rewrite.Builder rewrite = Rewrite.of(source).rename(NameMapping.sed("s#^[0-9]+/#" + number + "/#"));
            switch (random.nextInt(3)) {
                case 0 -> rewrite.linking(Linking.NEVER);
                case 1 -> rewrite.sharding(Sharding.ofCount(1 + random.nextInt(3)));
                default -> rewrite.linking(Linking.PREFERRED);
            }
            rewrite.build().run(prefix, true, RewriteProgress.NONE);
        }
    }
}
