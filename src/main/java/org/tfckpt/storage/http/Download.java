package org.tfckpt.storage.http;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that was downloaded as a whole to a temporary file, which is deleted when it is closed. */
final class Download implements Closeable {
    private final FileChannel channel;

    private Download(FileChannel channel) {
        this.channel = channel;
    }

    /** Downloads the body of an answer; throws if it is larger than {@code limit} bytes. */
    static Download of(Answer answer, long limit) throws IOException {
        Path file = Files.createTempFile("tfckpt-", ".download");
        Download download = new Download(FileChannel.open(
                file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE));
        try {
            download.fill(answer, limit);
            return download;
        } catch (IOException | RuntimeException e) {
            download.close();
            throw e;
        }
    }

    private void fill(Answer answer, long limit) throws IOException {
        byte[] part = new byte[1 << 18];
        long size = 0;
        for (int count; (count = answer.read(part, 0, part.length)) >= 0; ) {
            size += count;
            if (size > limit) {
                throw ErrorAnswers.tooLarge(answer.url(), limit);
            }
            for (ByteBuffer bytes = ByteBuffer.wrap(part, 0, count); bytes.hasRemaining(); ) {
                channel.write(bytes);
            }
        }
    }

    long size() throws IOException {
        return channel.size();
    }

    int read(long position, ByteBuffer target) throws IOException {
        return channel.read(target, position);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
