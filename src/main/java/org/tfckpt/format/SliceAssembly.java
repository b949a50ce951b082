package org.tfckpt.format;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;
import org.tfckpt.tensor.UnsupportedFormatException;

/**
 * Reads regions of a tensor from its stored slices; a tensor that is stored whole has one slice. Only the slices that
 * overlap a region are opened. Slices that do not fit the shape, or overlap each other, are rejected.
 *
 * <p>A region that lies contiguously in one slice is a view of it. Other regions are assembled when they are read, and
 * not kept in memory.
 */
public final class SliceAssembly implements TensorReader {
    private final TensorInfo info;
    private final ByteOrder order;
    private final Parts parts;
    /** The open slices, by index. */
    private Map<Integer, TensorData> data = Map.of();

    private Map<Integer, StringData> strings = Map.of();
    private @Nullable SliceSet set;

    /** The stored slices of one tensor. */
    public interface Parts {
        /**
         * Opens a slice of a tensor of fixed width, and checks that all its bytes, exactly as many as its shape needs,
         * are in the file.
         */
        TensorData data(int slice) throws IOException;

        /** Opens a slice of a string tensor, and checks the number and the lengths of its elements. */
        StringData strings(int slice) throws IOException;

        /** Opens a slice of a variant tensor, and checks all of it. */
        VariantData variants(int slice) throws IOException;

        /** Returns the exception for a region that the slices do not cover. */
        CheckpointException incomplete(TensorSlice region);

        /** Returns the exception for a dtype that is not supported. */
        CheckpointException notSupported();

        /** Returns the file and the tensor, the context of errors. */
        ErrorContext place();

        /** Returns the text of {@link TensorReader#shapeMismatch}. */
        String shapeMismatch(Shape taken);
    }

    /** Creates a reader; the slices are checked when the first region is opened. */
    public SliceAssembly(TensorInfo info, ByteOrder order, Parts parts) {
        this.info = info;
        this.order = order;
        this.parts = parts;
    }

    /** Returns the number of elements of a tensor; throws {@link DataLossException} if its shape is invalid. */
    public static long requireElements(TensorInfo info, ErrorContext place) throws DataLossException {
        long elements = info.shape().elementCount().orElse(-1);
        if (elements < 0) {
            StringBuilder text = new StringBuilder("Invalid tensor shape: ").append(info.name());
            for (long dimension : info.shape().toArray()) {
                text.append(dimension == 0 ? " dim { }" : " dim { size: " + dimension + " }");
            }
            throw new DataLossException(
                    ProblemKind.SHAPE,
                    "no tensor can have the shape " + info.shape(),
                    place.withTensorFlow(text.toString()));
        }
        return elements;
    }

    @Override
    public ByteOrder order() {
        return order;
    }

    @Override
    public String shapeMismatch(Shape taken) {
        return parts.shapeMismatch(taken);
    }

    /**
     * Returns the slices; throws {@link DataLossException} if the shape is invalid, a slice does not fit it, or two
     * overlap.
     */
    public synchronized SliceSet slices() throws CheckpointException {
        SliceSet checked = set;
        if (checked == null) {
            requireElements(info, parts.place());
            List<TensorSlice> slices = info.isPartitioned()
                    ? info.slices()
                    : List.of(TensorSlice.full(info.shape().rank()));
            checked = SliceSet.of(info.shape(), slices, parts.place());
            set = checked;
        }
        return checked;
    }

    /** The slices that cover a region, and the runs of the region in each; exact if the only slice is the region. */
    private record Selection(List<Integer> slices, List<Runs> runs, long elements, boolean exact) {}

    private Selection select(TensorSlice region, int width) throws CheckpointException {
        SliceSet all = slices();
        TensorSlice box = region.spelledOut(info.shape());
        List<Integer> cover = all.cover(box);
        if (cover == null) {
            throw parts.incomplete(region);
        }
        List<Runs> runs = new ArrayList<>();
        for (int slice : cover) {
            TensorSlice stored = all.box(slice);
            stored.intersect(box).ifPresent(both -> runs.add(Runs.of(both, box, stored, width)));
        }
        boolean exact = cover.size() == 1 && all.box(cover.get(0)).equals(box);
        return new Selection(cover, runs, SliceOverlaps.volume(box), exact);
    }

    private interface Opener<T> {
        T open(int slice) throws IOException;
    }

    private static <T> List<T> open(Selection selection, Opener<T> opener) throws IOException {
        List<T> opened = new ArrayList<>();
        for (int slice : selection.slices) {
            opened.add(opener.open(slice));
        }
        return opened;
    }

    @Override
    public TensorData data(TensorSlice region) throws IOException {
        long elements = requireElements(info, parts.place());
        if (!info.dtype().isFixedWidth()) {
            throw parts.notSupported();
        }
        int width = info.dtype().width();
        if (elements > Long.MAX_VALUE / width) {
            throw new DataLossException(ProblemKind.SHAPE, "more than 2^63 bytes", parts.place());
        }
        if (!info.isPartitioned() && region.isFullIn(info.shape())) {
            // A shortcut: for many small tensors, selecting the only slice would take most of the time.
            return data(0);
        }
        Selection selection = select(region, width);
        if (selection.exact) {
            return data(selection.slices.get(0));
        }
        List<AssembledData.Piece> pieces = new ArrayList<>();
        for (int i = 0; i < selection.slices.size(); i++) {
            pieces.add(new AssembledData.Piece(data(selection.slices.get(i)), selection.runs.get(i)));
        }
        return new AssembledData(selection.elements * width, order, pieces);
    }

    private synchronized TensorData data(int slice) throws IOException {
        TensorData opened = data.get(slice);
        if (opened == null) {
            opened = parts.data(slice);
            data = with(data, slice, opened);
        }
        return opened;
    }

    @Override
    public StringData strings(TensorSlice region) throws IOException {
        Selection selection = select(region, 1);
        return selection.exact
                ? strings(selection.slices.get(0))
                : new AssembledStrings(open(selection, this::strings), elements(selection));
    }

    private synchronized StringData strings(int slice) throws IOException {
        StringData opened = strings.get(slice);
        if (opened == null) {
            opened = parts.strings(slice);
            strings = with(strings, slice, opened);
        }
        return opened;
    }

    /** Adds a slice to the open ones, in little memory: there may be a million tensors, and most have one slice. */
    private static <T> Map<Integer, T> with(Map<Integer, T> open, int slice, T opened) {
        if (open.isEmpty()) {
            return Map.of(slice, opened);
        }
        Map<Integer, T> more = open instanceof HashMap ? open : new HashMap<>(open);
        more.put(slice, opened);
        return more;
    }

    @Override
    public VariantData variants(TensorSlice region) throws IOException {
        Selection selection = select(region, 1);
        return selection.exact
                ? parts.variants(selection.slices.get(0))
                : new AssembledVariants(open(selection, parts::variants), elements(selection));
    }

    private ElementMap elements(Selection selection) throws UnsupportedFormatException {
        if (selection.elements > Integer.MAX_VALUE - 8) {
            throw new UnsupportedFormatException(
                    "a region of more than 2^31 strings or variants does not fit an array", parts.place());
        }
        return ElementMap.of((int) selection.elements, selection.runs);
    }
}
