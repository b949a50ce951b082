package org.tfckpt.slots;

import java.io.IOException;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tfckpt.slots.TensorRole.Kind;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;

/**
 * Slots by the names that the optimizers of TF1 give: the variable's name, and the optimizer's as the last part; a second
 * slot of an optimizer is numbered ({@code Adam_1}).
 */
final class NamedSlots {
    private static final Set<String> SAME_SHAPE = Set.of(
            "Adadelta",
            "Adagrad",
            "AdagradDA",
            "Adam",
            "AdaMax",
            "Adamax",
            "AdamW",
            "AddSign",
            "AddSignOptimizer",
            "AMSGrad",
            "Ftrl",
            "LAMB",
            "LAMBOptimizer",
            "LARS",
            "LARSOptimizer",
            "Momentum",
            "MomentumW",
            "Nadam",
            "PowerSign",
            "PowerSignOptimizer",
            "ProximalAdagrad",
            "RegAdagrad",
            "RMSProp",
            "adam_m",
            "adam_v");

    private static final String FACTORED = "Adafactor";
    private static final String AVERAGE = "ExponentialMovingAverage";
    private static final Pattern NUMBER = Pattern.compile("_[0-9]{1,9}$");

    private NamedSlots() {}

    static @Nullable TensorRole role(TensorInfo tensor, Neighbours neighbours) throws IOException {
        String name = tensor.name();
        int slash = name.lastIndexOf('/');
        String before = slash < 0 ? "" : name.substring(0, slash);
        String last = name.substring(slash + 1);
        String word = withoutNumber(last);
        if (SAME_SHAPE.contains(word)) {
            return slot(neighbours.variableWithin(before, tensor, Shape::equals));
        }
        return switch (word) {
            case FACTORED -> slot(neighbours.variableWithin(before, tensor, NamedSlots::isFactorOf));
            case AVERAGE -> average(neighbours.variableWithin(before, tensor, Shape::equals));
            case "beta1_power", "beta2_power" -> power(tensor, name.substring(0, slash + 1), last, neighbours);
            case "biased", "local_step" -> ofAverage(tensor, before, word, neighbours);
            default -> meshSlot(tensor, neighbours);
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

    /** The powers of Adam's betas, which come in pairs. */
    private static @Nullable TensorRole power(TensorInfo tensor, String scope, String last, Neighbours neighbours)
            throws IOException {
        String other =
                last.startsWith("beta1") ? last.replaceFirst("beta1", "beta2") : last.replaceFirst("beta2", "beta1");
        return Neighbours.isScalar(tensor) && neighbours.hasScalar(scope + other) ? TensorRole.of(Kind.SLOT) : null;
    }

    /** What an average that corrects its bias keeps: the sum before the correction, and its count. */
    private static @Nullable TensorRole ofAverage(TensorInfo tensor, String average, String word, Neighbours neighbours)
            throws IOException {
        int slash = average.lastIndexOf('/');
        TensorInfo above =
                withoutNumber(average.substring(slash + 1)).equals(AVERAGE) ? neighbours.find(average) : null;
        boolean fits = above != null
                && (word.equals("biased") ? above.shape().equals(tensor.shape()) : Neighbours.isScalar(tensor));
        return above == null || !fits
                ? null
                : average(neighbours.variableWithin(average.substring(0, slash), above, Shape::equals));
    }

    /** Adafactor as Mesh TensorFlow (T5) names it: {@code kernel_slot_v}. */
    private static @Nullable TensorRole meshSlot(TensorInfo tensor, Neighbours neighbours) throws IOException {
        int end = tensor.name().lastIndexOf("_slot_");
        if (end <= 0) {
            return null;
        }
        String variable = tensor.name().substring(0, end);
        return switch (tensor.name().substring(end)) {
            case "_slot_m", "_slot_v" -> slot(neighbours.variable(variable, tensor, Shape::equals));
            case "_slot_vr", "_slot_vc" -> slot(neighbours.variable(variable, tensor, NamedSlots::isFactorOf));
            default -> null;
        };
    }

    /** Adafactor keeps a moment of a matrix as its row and column sums: the shape without one dimension, or the whole. */
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
