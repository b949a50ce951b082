package org.tfckpt.graph;

/** The name of a tensor: {@code node:output}, or only the node for output 0. */
record TensorName(String node, int output) {
    /** Parses a name. A colon that is not followed by a number belongs to the name of the node. */
    static TensorName parse(String name) {
        int colon = name.lastIndexOf(':');
        if (colon < 0 || colon == name.length() - 1 || name.length() - colon > 10) {
            return new TensorName(name, 0);
        }
        int output = 0;
        for (int i = colon + 1; i < name.length(); i++) {
            int digit = name.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return new TensorName(name, 0);
            }
            output = output * 10 + digit;
        }
        return new TensorName(name.substring(0, colon), output);
    }

    static String nodeOf(String name) {
        return parse(name).node;
    }

    /** Returns whether an input of a node is a control input, not a tensor. */
    static boolean isControl(String input) {
        return input.startsWith("^");
    }
}
