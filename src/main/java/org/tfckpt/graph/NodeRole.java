package org.tfckpt.graph;

/** The role of a node for variables, determined by its op. */
enum NodeRole {
    VARIABLE,
    SAVE,
    RESTORE,
    ASSIGN,
    /** Outputs its first input, perhaps converted. */
    PASS,
    CONSTANT,
    /** Trains the variable that is its first input. */
    TRAIN,
    OTHER;

    static NodeRole of(String op) {
        return switch (op) {
            case "VariableV2", "Variable", "AutoReloadVariable", "VarHandleOp" -> VARIABLE;
            case "SaveV2", "Save", "SaveSlices" -> SAVE;
            case "RestoreV2", "Restore", "RestoreSlice" -> RESTORE;
            case "Assign", "AssignVariableOp" -> ASSIGN;
            case "Identity",
                    "RefIdentity",
                    "ReadVariableOp",
                    "Cast",
                    "Reshape",
                    "EnsureShape",
                    "StopGradient",
                    "Snapshot",
                    "ShardedFilename",
                    "StringJoin" -> PASS;
            case "Const" -> CONSTANT;
            default -> isTraining(op) ? TRAIN : OTHER;
        };
    }

    /** {@code ApplyAdam}, {@code ResourceSparseApplyMomentum}, … */
    private static boolean isTraining(String op) {
        String rest = op.startsWith("Resource") ? op.substring("Resource".length()) : op;
        return rest.startsWith("Apply") || rest.startsWith("SparseApply");
    }
}
