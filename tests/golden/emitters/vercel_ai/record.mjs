// Records the spans of the AI SDK with its own mock models: an agent that reads an invoice, corrects
// it (the ledger fails once), waits for an approval, and is denied one tool.
//
// With package.json and this file in a folder of their own, after `npm install`:
//   node record.mjs .../tests/golden/emitters            the current spans, into vercel_ai
//   node record.mjs .../tests/golden/emitters legacy     the older ones, into vercel_ai_legacy
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { LegacyOpenTelemetry, OpenTelemetry } from '@ai-sdk/otel';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { ToolLoopAgent, embed, experimental_decide, registerTelemetry, tool } from 'ai';
import { Experimental_DecisionMockModelV4, MockEmbeddingModelV4, MockLanguageModelV4 } from 'ai/test';
import { z } from 'zod';

const [emitters, generation] = process.argv.slice(2);
const folder = `${emitters}/vercel_ai${generation ? `_${generation}` : ''}`;
const telemetry = {
  functionId: 'billing-agent',
  includeRuntimeContext: { conversationId: true, caseId: true },
};
const runtimeContext = { conversationId: 'conversation-1', caseId: 'INV-7' };

const answer = { type: 'text', text: 'INV-7 is corrected to 120.50.' };

// One entry a turn: the tool that the model calls, or nothing when it answers.
function model(...turns) {
  let turn = 0;
  return new MockLanguageModelV4({
    provider: 'openai.chat',
    modelId: 'gpt-5-mini',
    doGenerate: async () => {
      const name = turns[turn++];
      const call = { type: 'tool-call', toolCallId: `call_${turn}`, toolName: name };
      return {
        content: [name ? { ...call, input: '{"invoice_id":"INV-7"}' } : answer],
        finishReason: { unified: name ? 'tool-calls' : 'stop', raw: name ? 'tool_calls' : 'stop' },
        usage: {
          inputTokens: { total: 120, noCache: 46, cacheRead: 64, cacheWrite: 10 },
          outputTokens: { total: 30, text: 18, reasoning: 12 },
        },
        response: { id: `resp_${turn}`, modelId: 'gpt-5-mini-2026-01-01', timestamp: new Date() },
        warnings: [],
      };
    },
  });
}

let corrections = 0;
const inputSchema = z.object({ invoice_id: z.string() });
const tools = {
  get_invoice: tool({ inputSchema, execute: async () => ({ amount: 120.5, etag: 'v3' }) }),
  correct_invoice: tool({
    description: 'Writes a corrected invoice.',
    inputSchema,
    execute: async () => {
      if (++corrections === 1) throw new Error('the ledger did not answer');
      return { status: 'corrected', etag: 'v4' };
    },
  }),
  credit_customer: tool({ inputSchema, execute: async () => ({ credited: 20 }) }),
  write_off: tool({ inputSchema, execute: async () => ({}) }),
};

function agent(...turns) {
  return new ToolLoopAgent({
    id: 'billing-agent',
    model: model(...turns),
    instructions: 'You correct invoices.',
    temperature: 0.2,
    tools,
    toolApproval: {
      credit_customer: { type: 'user-approval', reason: 'above 10' },
      write_off: { type: 'denied', reason: 'never without a ticket' },
    },
    telemetry,
    runtimeContext,
  });
}

async function work() {
  const embedding = new MockEmbeddingModelV4({
    provider: 'openai.embedding',
    modelId: 'text-embedding-3-small',
    doEmbed: async () => ({ embeddings: [[0.1, 0.2]], usage: { tokens: 5 }, warnings: [] }),
  });
  await embed({ model: embedding, value: 'late fees', telemetry });
  await experimental_decide({
    model: new Experimental_DecisionMockModelV4({
      provider: 'openai.decision',
      modelId: 'gpt-6-luna',
      supportedQuestionTypes: ['boolean', 'choice', 'score'],
      doDecide: async () => ({
        answers: {
          duplicate: { type: 'boolean', probability: 0.07 },
          route: { type: 'choice', probabilities: { correct: 0.81, escalate: 0.19 }, choice: 'correct' },
        },
        usage: { inputTokens: 210, outputTokens: 3 },
        warnings: [],
      }),
    }),
    state: 'Correct invoice INV-7.',
    questions: {
      duplicate: { type: 'boolean', instructions: 'Is INV-7 a duplicate?' },
      route: { type: 'choice', instructions: 'What is to be done?', criteria: { correct: null, escalate: null } },
    },
    telemetry,
  });
  const question = { role: 'user', content: 'Correct invoice INV-7.' };
  const turns = ['get_invoice', 'correct_invoice', 'correct_invoice', 'write_off', 'credit_customer'];
  const asked = await agent(...turns).generate({ messages: [question] });
  const { approvalId } = asked.content.find((part) => part.type === 'tool-approval-request' && !part.isAutomatic);
  const yes = { type: 'tool-approval-response', approvalId, approved: true, reason: 'ok' };
  const messages = [question, ...asked.response.messages, { role: 'tool', content: [yes] }];
  console.log((await agent().generate({ messages })).text);
  const broken = model();
  broken.doGenerate = async () => Promise.reject(new Error('the vendor is down'));
  const failing = new ToolLoopAgent({ id: 'billing-agent', model: broken, telemetry });
  await failing.generate({ prompt: 'hi' }).catch((error) => console.log(error.message));
}

// The exporter already sends JSON with hex ids: its bodies are the lines, without our paths.
const lines = [];
const server = createServer(async (request, response) => {
  const body = (await request.toArray()).join('');
  lines.push(`${body.replaceAll(`${process.cwd()}/`, '').replaceAll('file://', '')}\n`);
  response.setHeader('content-type', 'application/json').end('{}');
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const url = `http://127.0.0.1:${server.address().port}/v1/traces`;
const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'billing', 'service.version': '1.4.0' }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url }))],
});
provider.register();
const all = { experimental_decision: true, usage: true, runtimeContext: true };
registerTelemetry(generation ? new LegacyOpenTelemetry() : new OpenTelemetry(all));
await work();
await provider.shutdown();
server.close();

const { dependencies: recorded_with } = JSON.parse(readFileSync('package.json'));
const record = { recorded_with, language: 'node' };
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}/package.json`, readFileSync('package.json'));
writeFileSync(`${folder}/spans.otlp.jsonl`, lines.join(''));
writeFileSync(`${folder}/versions.json`, `${JSON.stringify(record, null, 2)}\n`);
