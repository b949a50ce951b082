package org.tfckpt.graph;

import java.io.IOException;

/**
 * What a file says of a saver.
 *
 * <pre>
 * 1 filename_tensor_name | 2 save_tensor_name | 3 restore_op_name | 4 max_to_keep | 5 sharded | 7 version
 * </pre>
 */
record SaverDef(
        String filenameTensor, String saveTensor, String restoreOp, int maxToKeep, boolean sharded, String version) {
    /** Reads the message that the reader is in. */
    static SaverDef read(WireReader in) throws IOException {
        String filenameTensor = "";
        String saveTensor = "";
        String restoreOp = "";
        int maxToKeep = 0;
        boolean sharded = false;
        long version = 0;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> filenameTensor = in.text();
                case 2 -> saveTensor = in.text();
                case 3 -> restoreOp = in.text();
                case 4 -> maxToKeep = (int) in.varint();
                case 5 -> sharded = in.varint() != 0;
                case 7 -> version = in.varint();
                default -> in.skip();
            }
        }
        return new SaverDef(filenameTensor, saveTensor, restoreOp, maxToKeep, sharded, versionOf(version));
    }

    private static String versionOf(long number) {
        return number == 0 ? "LEGACY" : "V" + number;
    }
}
