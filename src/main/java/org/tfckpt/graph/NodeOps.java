package org.tfckpt.graph;

import java.util.Set;

/** The ops that say something of variables. */
final class NodeOps {
    /** What a node is to us. */
    enum Role {
        VARIABLE,
        SAVE,
        RESTORE,
        ASSIGN,
        /** Gives on what its first input is. */
        PASS,
        CONSTANT,
        /** Trains the variable that is its first input. */
        TRAIN,
        OTHER
    }

    private static final Set<String> PASSES = Set.of(
            "Identity",
            "RefIdentity",
            "ReadVariableOp",
            "Cast",
            "Reshape",
            "EnsureShape",
            "StopGradient",
            "Snapshot",
            "ShardedFilename",
            "StringJoin");

    private NodeOps() {}

    static Role role(String op) {
        return switch (op) {
            case "VariableV2", "Variable", "AutoReloadVariable", "VarHandleOp" -> Role.VARIABLE;
            case "SaveV2", "Save", "SaveSlices" -> Role.SAVE;
            case "RestoreV2", "Restore", "RestoreSlice" -> Role.RESTORE;
            case "Assign", "AssignVariableOp" -> Role.ASSIGN;
            case "Const" -> Role.CONSTANT;
            default -> PASSES.contains(op) ? Role.PASS : isTraining(op) ? Role.TRAIN : Role.OTHER;
        };
    }

    /** {@code ApplyAdam}, {@code ResourceSparseApplyMomentum}, … */
    private static boolean isTraining(String op) {
        String rest = op.startsWith("Resource") ? op.substring("Resource".length()) : op;
        return rest.startsWith("Apply") || rest.startsWith("SparseApply");
    }
}
