package org.tfckpt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.tfckpt.io.ByteSwap;
import org.tfckpt.tensor.DataType;

/**
 * Computes a digest of a tensor's values that does not depend on how they are stored: SHA-256 over the elements in
 * row-major order, little-endian, independent of the byte order, slices and format of the file. A string element is
 * hashed as its length (8 bytes, little-endian), then its bytes; variants are hashed as they are stored. Name, dtype
 * and shape are not hashed.
 */
public final class TensorDigest {
    private TensorDigest() {}

    /**
     * Computes the digest of a tensor or region.
     *
     * @param tensor a tensor of an open checkpoint
     * @return 64 lower-case hexadecimal digits
     * @throws IOException if the tensor cannot be read
     */
    public static String sha256(Tensor tensor) throws IOException {
        MessageDigest digest = newDigest();
        if (tensor.dtype() == DataType.DT_STRING) {
            ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            tensor.strings().forEach(part -> {
                for (int i = 0; i < part.size(); i++) {
                    digest.update(length.clear().putLong(part.length(i)).flip());
                    digest.update(part.get(i));
                }
            });
        } else if (tensor.dtype() == DataType.DT_VARIANT) {
            digest.update(tensor.variantData().stored());
        } else {
            boolean swap =
                    tensor.order() == ByteOrder.BIG_ENDIAN && tensor.dtype().swapUnit() > 1;
            tensor.forEachPart(part ->
                    digest.update(swap ? ByteSwap.swapped(part, tensor.dtype().swapUnit()) : part));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
