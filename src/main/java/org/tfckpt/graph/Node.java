package org.tfckpt.graph;

import java.util.List;

/**
 * A node that variables are saved, restored or trained by.
 *
 * @param name its name
 * @param op its op
 * @param inputs its inputs, the orders to wait left out
 * @param outputs of an op that restores: how many tensors it gives; else 0
 */
record Node(String name, String op, List<String> inputs, int outputs) {
    /** The input of a number as a tensor's name, empty if there are fewer. */
    String input(int number) {
        return number < inputs.size() ? inputs.get(number) : "";
    }
}
