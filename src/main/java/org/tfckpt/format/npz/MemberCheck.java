package org.tfckpt.format.npz;

import java.io.IOException;
import java.util.zip.CRC32;
import org.tfckpt.format.RangeData;
import org.tfckpt.io.ByteSource;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;

/** Compares a stored member with its CRC-32, once. */
final class MemberCheck implements RangeData.Check {
    private final ByteSource archive;
    private final ZipMember member;
    private final ErrorContext place;
    private boolean checked;

    MemberCheck(ByteSource archive, ZipMember member, ErrorContext place) {
        this.archive = archive;
        this.member = member;
        this.place = place;
    }

    @Override
    public synchronized void run() throws IOException {
        if (checked) {
            return;
        }
        CRC32 crc = new CRC32();
        archive.forEach(member.offset(), member.size(), crc::update);
        if ((int) crc.getValue() != member.crc()) {
            throw mismatch(place, member.crc(), (int) crc.getValue());
        }
        checked = true;
    }

    static DataLossException mismatch(ErrorContext place, int stored, int computed) {
        return new DataLossException(
                ProblemKind.TENSOR_CHECKSUM,
                "the bytes of the array do not match their checksum (CRC-32)",
                place.mismatch(String.format("%08x", stored), String.format("%08x", computed)));
    }
}
