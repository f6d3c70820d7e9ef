package dev.quire.core.text;

/**
 * A token outside the vocabulary's own rules: it is found in a text before anything else.
 *
 * @param id its id
 * @param content its spelling
 * @param special whether it steers the model and is not text
 * @param normalized whether it is sought in the text after normalization
 */
record AddedToken(int id, String content, boolean special, boolean normalized) {}
