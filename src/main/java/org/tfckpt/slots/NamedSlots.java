package org.tfckpt.slots;

import java.io.IOException;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tfckpt.slots.TensorRole.Kind;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;

/**
 * Recognises the slots of TF1 optimizers by their names: the name of the variable, then that of the optimizer, which is
 * numbered for a second slot ({@code dense/kernel/Adam_1}).
 */
final class NamedSlots {
    private static final Set<String> SAME_SHAPE = Set.of(("Adadelta Adagrad AdagradDA Adam AdaMax Adamax AdamW AddSign "
                    + "AddSignOptimizer AMSGrad Ftrl LAMB LAMBOptimizer LARS LARSOptimizer "
                    + "Momentum MomentumW Nadam PowerSign PowerSignOptimizer ProximalAdagrad "
                    + "RegAdagrad RMSProp adam_m adam_v lamb_m lamb_v")
            .split(" "));

    private static final String FACTORED = "Adafactor";
    private static final String AVERAGE = "ExponentialMovingAverage";
    private static final Pattern NUMBER = Pattern.compile("_[0-9]{1,9}$");

    private NamedSlots() {}

    static @Nullable TensorRole role(TensorInfo tensor, RelatedTensors related) throws IOException {
        String name = tensor.name();
        int slash = name.lastIndexOf('/');
        String before = slash < 0 ? "" : name.substring(0, slash);
        String last = name.substring(slash + 1);
        String word = withoutNumber(last);
        if (SAME_SHAPE.contains(word)) {
            return slot(related.variableWithin(before, tensor, Shape::equals));
        }
        return switch (word) {
            case FACTORED -> slot(related.variableWithin(before, tensor, NamedSlots::isFactorOf));
            case AVERAGE -> average(related.variableWithin(before, tensor, Shape::equals));
            case "beta1_power", "beta2_power" -> power(tensor, name.substring(0, slash + 1), last, related);
            case "biased", "local_step" -> averageState(tensor, before, word, related);
            default -> meshSlot(tensor, related);
        };
    }

    static String withoutNumber(String part) {
        return part.indexOf('_') < 0 ? part : NUMBER.matcher(part).replaceFirst("");
    }

    private static @Nullable TensorRole slot(@Nullable String variable) {
        return variable == null ? null : TensorRole.of(Kind.SLOT, variable);
    }

    private static @Nullable TensorRole average(@Nullable String variable) {
        return variable == null ? null : TensorRole.of(Kind.MOVING_AVERAGE, variable);
    }

    /** Recognises the powers of Adam's betas, which exist in pairs. */
    private static @Nullable TensorRole power(TensorInfo tensor, String scope, String last, RelatedTensors related)
            throws IOException {
        String other =
                last.startsWith("beta1") ? last.replaceFirst("beta1", "beta2") : last.replaceFirst("beta2", "beta1");
        return RelatedTensors.isScalar(tensor) && related.hasScalar(scope + other) ? TensorRole.of(Kind.SLOT) : null;
    }

    /** Recognises the state of a bias-corrected average: the sum before the correction, and the step count. */
    private static @Nullable TensorRole averageState(
            TensorInfo tensor, String average, String word, RelatedTensors related) throws IOException {
        int slash = average.lastIndexOf('/');
        TensorInfo above = withoutNumber(average.substring(slash + 1)).equals(AVERAGE) ? related.find(average) : null;
        boolean fits = above != null
                && (word.equals("biased") ? above.shape().equals(tensor.shape()) : RelatedTensors.isScalar(tensor));
        return above == null || !fits
                ? null
                : average(related.variableWithin(average.substring(0, slash), above, Shape::equals));
    }

    /** Recognises the slots of Adafactor in Mesh TensorFlow (T5): {@code kernel_slot_v}. */
    private static @Nullable TensorRole meshSlot(TensorInfo tensor, RelatedTensors related) throws IOException {
        int end = tensor.name().lastIndexOf("_slot_");
        if (end <= 0) {
            return null;
        }
        String variable = tensor.name().substring(0, end);
        return switch (tensor.name().substring(end)) {
            case "_slot_m", "_slot_v" -> slot(related.variable(variable, tensor, Shape::equals));
            case "_slot_vr", "_slot_vc" -> slot(related.variable(variable, tensor, NamedSlots::isFactorOf));
            default -> null;
        };
    }

    /**
     * Returns whether a slot has the shape of the variable, or that shape without one dimension: Adafactor stores the
     * second moment of a matrix as its row and column sums.
     */
    private static boolean isFactorOf(Shape variable, Shape slot) {
        if (slot.rank() != variable.rank() - 1) {
            return slot.equals(variable);
        }
        int axis = 0;
        while (axis < slot.rank() && slot.dimension(axis) == variable.dimension(axis)) {
            axis++;
        }
        while (axis < slot.rank() && slot.dimension(axis) == variable.dimension(axis + 1)) {
            axis++;
        }
        return axis == slot.rank();
    }
}
