// Runs OpenAI's own client against the server at QUIRE_URL.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';

const baseURL = `${process.env.QUIRE_URL}/v1`;
const client = new OpenAI({ baseURL, apiKey: process.env.QUIRE_KEY, maxRetries: 0 });
const model = process.env.QUIRE_MODEL;
const question = [{ role: 'user', content: 'What is the capital of France? Answer in one sentence.' }];
const greedy = { model, temperature: 0, max_tokens: 24 };

test('lists the model', async () => {
  const models = await client.models.list();
  assert.ok(models.data.some((entry) => entry.id === model));
  assert.equal((await client.models.retrieve(model)).id, model);
});

test('chats', async () => {
  const answer = await client.chat.completions.create({ ...greedy, messages: question });
  assert.match(answer.choices[0].message.content, /Paris/);
  assert.equal(answer.choices[0].message.role, 'assistant');
  assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
});

test('streams the same answer', async () => {
  const whole = await client.chat.completions.create({ ...greedy, messages: question });
  const stream = await client.chat.completions.create({
    ...greedy, messages: question, stream: true, stream_options: { include_usage: true },
  });
  let text = '';
  let reason;
  let usage;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta?.content ?? '';
    reason = chunk.choices[0]?.finish_reason ?? reason;
    usage = chunk.usage ?? usage;
  }
  assert.equal(text, whole.choices[0].message.content);
  assert.equal(reason, whole.choices[0].finish_reason);
  assert.equal(usage.completion_tokens, whole.usage.completion_tokens);
});

test('completes several prompts, with log-probabilities', async () => {
  const answer = await client.completions.create({
    ...greedy, max_tokens: 6, prompt: ['One, two, three,', 'Monday, Tuesday,'], logprobs: 2,
  });
  assert.equal(answer.choices.length, 2);
  for (const choice of answer.choices) {
    assert.equal(choice.logprobs.tokens.length, 6);
    assert.ok(choice.logprobs.token_logprobs.every((value) => value <= 0));
    assert.ok(Object.keys(choice.logprobs.top_logprobs[0]).length >= 2);
  }
});

test('gives several choices that a seed repeats', async () => {
  const ask = () => client.chat.completions.create({
    model, messages: question, n: 3, seed: 11, temperature: 1, max_tokens: 12,
  });
  const [first, second] = [await ask(), await ask()];
  assert.equal(first.choices.length, 3);
  assert.deepEqual(
    first.choices.map((choice) => choice.message.content),
    second.choices.map((choice) => choice.message.content),
  );
});

test('stops at a stop string and leaves it out', async () => {
  const answer = await client.completions.create({ ...greedy, prompt: 'One, two, three, four,', stop: ['six'] });
  assert.ok(!answer.choices[0].text.includes('six'));
  assert.equal(answer.choices[0].finish_reason, 'stop');
});

test('an unknown model is a 404', async () => {
  await assert.rejects(
    client.chat.completions.create({ model: 'nobody', messages: question }),
    (error) => error instanceof OpenAI.NotFoundError && /The model `nobody` does not exist/.test(error.message),
  );
});

test('a prompt that is too long is a 400 that names the numbers', async () => {
  await assert.rejects(
    client.completions.create({ model, prompt: 'word '.repeat(20000), max_tokens: 5 }),
    (error) => error instanceof OpenAI.BadRequestError && /maximum context length/.test(error.message),
  );
});

test('a misspelt field is a 400 with the right name', async () => {
  await assert.rejects(
    client.chat.completions.create({ model, messages: question, temprature: 0 }),
    (error) => error.status === 400 && /temperature/.test(error.message),
  );
});

test('a wrong key is a 401', async () => {
  const stranger = new OpenAI({ baseURL, apiKey: 'wrong', maxRetries: 0 });
  await assert.rejects(stranger.models.list(), (error) => error instanceof OpenAI.AuthenticationError);
});

test('an abandoned stream frees its blocks', async () => {
  const stream = await client.chat.completions.create({
    model, messages: question, stream: true, max_tokens: 2000, ignore_eos: true,
  });
  for await (const chunk of stream) {
    if (chunk.choices[0]?.delta?.content) break;
  }
  for (let attempt = 0; attempt < 100; attempt++) {
    const metrics = await (await fetch(`${process.env.QUIRE_URL}/metrics`)).text();
    if (/^vllm:num_requests_running\{[^}]*\} 0(\.0)?$/m.test(metrics)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail('the request still runs ten seconds after its client left');
});
