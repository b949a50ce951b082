package org.tfckpt;

import java.util.AbstractList;
import java.util.List;
import org.tfckpt.format.TensorMessage;
import org.tfckpt.format.VariantMessage;

/**
 * One element of a tensor of variants: a C++ object as it was saved. What its bytes mean is known to the type alone; the
 * tensors in it are tensors like others. Immutable.
 */
public final class Variant {
    private final VariantMessage message;

    Variant(VariantMessage message) {
        this.message = message;
    }

    /**
     * The name of the C++ type.
     *
     * @return for example {@code tensorflow::TensorList}
     */
    public String typeName() {
        return message.typeName();
    }

    /**
     * The object's own bytes.
     *
     * @return a new array
     */
    public byte[] metadata() {
        return message.metadata();
    }

    /**
     * The tensors in the object. They are read like those of a checkpoint, at any time, and may hold variants in turn.
     *
     * @return the tensors, each decoded when it is taken from the list
     */
    public List<Tensor> tensors() {
        return new AbstractList<>() {
            @Override
            public Tensor get(int index) {
                TensorMessage tensor = message.tensor(index);
                return new Tensor(tensor.info(), tensor.reader(), false);
            }

            @Override
            public int size() {
                return message.tensorCount();
            }
        };
    }

    /**
     * The type and the number of tensors.
     *
     * @return for example {@code tensorflow::TensorList with 3 tensors}
     */
    @Override
    public String toString() {
        return message.typeName() + " with " + message.tensorCount() + " tensors";
    }
}
