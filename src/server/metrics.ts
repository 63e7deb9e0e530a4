import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What operators can see in numbers. Parts count through this and know nothing of Prometheus. */
export interface Metrics {
  /** An event came in; `result` as in "received", "duplicate", "failed". */
  eventReceived(channel: string, result: string): void;
  /** An employee pressed or wrote, and the answer reached the channel so many seconds later. */
  answered(channel: string, seconds: number): void;
  /** One HTTP request was answered. `route` is the pattern, never the address. */
  requestAnswered(route: string, status: number, seconds: number): void;
  /** A number that is read when somebody looks; when it cannot be read it is left out. */
  watch(name: `ecadesk_${string}`, help: string, read: () => Promise<number> | number): void;
  /** Prometheus text. */
  text(): Promise<{ type: string; body: string }>;
}

/** The numbers of one server; nothing global, so that tests can run several. */
export function createMetrics(): Metrics {
  const registers = [new Registry()];
  const [registry = new Registry()] = registers;
  collectDefaultMetrics({ register: registry, prefix: 'ecadesk_' });
  const events = new Counter({
    name: 'ecadesk_events_received_total',
    help: 'Events that came in from channels',
    labelNames: ['channel', 'result'],
    registers,
  });
  const answers = new Histogram({
    name: 'ecadesk_press_to_reply_seconds',
    help: 'From what an employee did to the answer in their channel',
    labelNames: ['channel'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const requests = new Histogram({
    name: 'ecadesk_http_request_seconds',
    help: 'HTTP requests answered',
    labelNames: ['route', 'status'],
    buckets: [0.005, 0.025, 0.1, 0.5, 1, 5],
    registers,
  });
  return {
    eventReceived: (channel, result) => events.inc({ channel, result }),
    answered: (channel, seconds) => answers.observe({ channel }, seconds),
    requestAnswered: (route, status, seconds) => requests.observe({ route, status }, seconds),
    watch(name, help, read) {
      new Gauge({
        name,
        help,
        registers,
        async collect() {
          try {
            this.set(await read());
          } catch {
            // `/readyz` tells why; a number that is not known must not be shown as the last one that was.
            this.set(Number.NaN);
          }
        },
      });
    },
    text: async () => ({ type: registry.contentType, body: await registry.metrics() }),
  };
}
