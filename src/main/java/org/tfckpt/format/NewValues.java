package org.tfckpt.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.Checksum;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.SequentialFile;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Elements;

/** Writes the values of tensors little-endian, and checks their number. */
public final class NewValues {
    private final SequentialFile file;
    private final @Nullable Checksum checksum;

    /** Creates a writer that also updates a checksum with all bytes, unless it is null. */
    public NewValues(SequentialFile file, @Nullable Checksum checksum) {
        this.file = file;
        this.checksum = checksum;
    }

    /** Writes all remaining bytes of a buffer, whose position does not change. */
    public void write(ByteBuffer bytes) throws IOException {
        if (checksum != null) {
            checksum.update(bytes.duplicate());
        }
        file.write(bytes.duplicate());
    }

    /**
     * Writes elements of fixed width, as they are or widened to float32. Throws {@link IllegalArgumentException} if
     * there are more or fewer than the shape has.
     */
    public void elements(NewTensor tensor, boolean widened) throws IOException {
        DataType dtype = tensor.dtype();
        long size = tensor.shape().elements() * dtype.width();
        ElementSource elements =
                tensor.values().elements().converted(ByteOrder.LITTLE_ENDIAN, dtype, size, tensor.name());
        elements.forEach(part -> ElementSource.inPieces(
                part,
                piece -> write(
                        widened
                                ? widened(dtype, piece)
                                : switch (dtype) {
                                    case DT_INT4, DT_UINT4, DT_INT2, DT_UINT2 -> integers(dtype, piece);
                                    default -> piece;
                                })));
    }

    /** Returns elements of less than a byte as bytes; their upper bits, which TensorFlow ignores, can be anything. */
    private static ByteBuffer integers(DataType dtype, ByteBuffer elements) {
        ByteBuffer bytes = ByteBuffer.allocate(elements.remaining());
        for (int i = 0; i < elements.remaining(); i++) {
            bytes.put((byte) Elements.longAt(dtype, elements, i));
        }
        return bytes.flip();
    }

    private static ByteBuffer widened(DataType dtype, ByteBuffer elements) {
        int count = elements.remaining() / dtype.width();
        ByteBuffer floats = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            if (dtype == DataType.DT_BFLOAT16) {
                // Its upper half, also for NaNs.
                floats.putInt(elements.getShort(i * Short.BYTES) << Short.SIZE);
            } else {
                floats.putFloat((float) Elements.floatAt(dtype, elements, i));
            }
        }
        return floats.flip();
    }
}
