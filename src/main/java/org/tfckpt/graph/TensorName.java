package org.tfckpt.graph;

/**
 * The name of a node's output, as nodes and collections write it: {@code node:output}, or the node alone for output 0.
 *
 * @param node the node
 * @param output the number of the output
 */
record TensorName(String node, int output) {
    /** Reads a name; what follows a colon and is no number belongs to the node. */
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

    /** Whether an input of a node is an order to wait and no tensor. */
    static boolean isControl(String input) {
        return input.startsWith("^");
    }
}
