// Sends COUNT spans as OTLP/JSON with the stock exporter, as any Node program would.
// usage: node send.mjs URL COUNT
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";

const [url, count] = process.argv.slice(2);
const exporter = new OTLPTraceExporter({ url });
const provider = new BasicTracerProvider({
  resource: resourceFromAttributes({ "service.name": "node-agent" }),
  spanProcessors: [new BatchSpanProcessor(exporter, { maxQueueSize: Number(count) })],
});
const tracer = provider.getTracer("wakeline-test");
for (let number = 0; number < Number(count); number++) {
  const span = tracer.startSpan("execute_tool lookup");
  span.setAttribute("number", number);
  span.setAttribute("ratio", number + 0.5);
  span.setAttribute("even", number % 2 === 0);
  span.setAttribute("words", ["höhe", '"quoted"']);
  span.end();
}
await provider.shutdown();
