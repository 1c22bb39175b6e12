// Reads limits and a stop through the unmodified OpenFeature SDK, as any Node program would.
// usage: node read.mjs URL KEY AGENT
import { OFREPProvider } from "@openfeature/ofrep-provider";
import { OpenFeature } from "@openfeature/server-sdk";

const [url, key, agent] = process.argv.slice(2);
await OpenFeature.setProviderAndWait(
  new OFREPProvider({ baseUrl: url, headers: { "x-api-key": key } }),
);
const client = OpenFeature.getClient();
const context = { targetingKey: "case-1", agent, confidence: 0.9, amount: 100 };
const answer = await client.getStringDetails("refund.answer", "default", context);
console.log(
  JSON.stringify({
    answer: answer.value,
    version: answer.flagMetadata.version,
    confidence: await client.getNumberValue("refund.confidence", -1, context),
    stopped: await client.getBooleanValue("stopped", true, context),
    unknown: (await client.getBooleanDetails("nothing", false, context)).errorCode,
  }),
);
await OpenFeature.close();
