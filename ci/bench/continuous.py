"""Transformers' continuous batching with a length of its own for each request, which `generate_batch` has not."""

import transformers


def answer(model, trace):
    """Answers every request with exactly as many tokens as it asks for; returns how many came."""
    # Imported late: releases place it differently, and only this engine is then left out.
    from transformers.generation.continuous_batching.utils import WorkloadHints

    longest = max(request["max_tokens"] for request in trace)
    config = transformers.GenerationConfig(max_new_tokens=longest, do_sample=False, eos_token_id=-1, pad_token_id=0)
    hints = WorkloadHints(max(len(request["prompt"]) for request in trace), longest, len(trace))
    answers = []
    with model.continuous_batching_context_manager(generation_config=config, block=True, timeout=5, workload_hints=hints) as manager:
        for request in trace:
            manager.add_request(request["prompt"], max_new_tokens=request["max_tokens"])
        while len(answers) < len(trace):
            result = manager.get_result(timeout=1)
            if result is None and not manager.is_running():
                raise RuntimeError(f"it ended after {len(answers)} of {len(trace)} requests")
            if result is not None and result.error is not None:
                raise RuntimeError(f"a request failed: {result.error}")
            if result is not None and result.is_finished():
                answers.append(len(result.generated_tokens))
    if sorted(answers) != sorted(request["max_tokens"] for request in trace):
        raise RuntimeError(f"it answered with {sum(answers)} tokens, {sum(request['max_tokens'] for request in trace)} were asked for")
    return sum(answers)
