package org.tfckpt.graph.text;

import java.util.List;

/**
 * The variables that a text names.
 *
 * @param variables the variables, in the order of the text
 * @param partial whether the text names some variables only, as the error of a failed restore does
 * @param eager whether it prints variables as only programs do that run eagerly
 * @param ignoredLines the number of lines that say nothing about variables
 * @param remarks what a user should know about the variables, one sentence each
 * @param problem why a text without variables has none, and what to print instead; empty if that is not known
 * @param understood whether the text says something about variables, even if it names none that is wanted
 */
public record PrintedGraph(
        List<PrintedVariable> variables,
        boolean partial,
        boolean eager,
        long ignoredLines,
        List<String> remarks,
        String problem,
        boolean understood) {}
