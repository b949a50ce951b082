package org.tfckpt.edit;

import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.objects.ObjectNode;
import org.tfckpt.tensor.TensorInfo;

/** Plans the object graph of a template, without the values that are missing, and the tensors that come with it. */
final class TemplateObjects {
    private final Specification spec;
    private final Template template;
    private final PlannedTensors planned;

    private TemplateObjects(Specification spec, Template template, PlannedTensors planned) {
        this.spec = spec;
        this.template = template;
        this.planned = planned;
    }

    /**
     * Plans the tensors.
     *
     * @return the new value of the object graph; null if there is none, or it is that of the template
     */
    static byte @Nullable [] run(Specification spec, Template template, PlannedTensors planned) throws IOException {
        ObjectGraph objects = template.objects();
        if (objects == null || spec.filter().excludes(ObjectKeys.OBJECT_GRAPH)) {
            return null;
        }
        return new TemplateObjects(spec, template, planned).run(objects);
    }

    private byte @Nullable [] run(ObjectGraph objects) throws IOException {
        String counter = objects.saveCounterKey().orElse("");
        for (TensorInfo tensor : template.own()) {
            if (!tensor.name().equals(counter) || !addSaveCounter(counter)) {
                planned.add(new RewrittenTensor(spec.templateIndex(), tensor, tensor.name()).asFilled());
            }
        }
        Set<String> missing = new HashSet<>();
        for (Template.Variable variable : template.variables()) {
            if (planned.find(variable.key()) == null) {
                missing.add(objects.attributeOf(variable.key())
                        .map(ObjectNode.Attribute::key)
                        .orElse(""));
            }
        }
        TensorInfo entry = template.checkpoint().find(ObjectKeys.OBJECT_GRAPH).orElseThrow();
        planned.add(new RewrittenTensor(spec.templateIndex(), entry, ObjectKeys.OBJECT_GRAPH));
        return missing.isEmpty()
                ? null
                : objects.withKeys(key -> missing.contains(key) ? Optional.empty() : Optional.of(key));
    }

    /** Continues the count of an object-based input. */
    private boolean addSaveCounter(String name) throws IOException {
        for (int input = 0; input < spec.inputs().size(); input++) {
            Optional<TensorInfo> counter = spec.saveCounter(input);
            if (counter.isPresent()) {
                planned.add(new RewrittenTensor(input, counter.get(), name));
                return true;
            }
        }
        return false;
    }
}
