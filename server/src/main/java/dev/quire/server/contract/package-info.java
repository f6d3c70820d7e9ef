/**
 * What a request must look like, and what a refusal looks like. Reads the OpenAPI document; knows fields, never sees prompts, engines or
 * answers.
 */
package dev.quire.server.contract;
