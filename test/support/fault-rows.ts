import type { ChattyContainers } from './chatty-containers.ts';
import { gatewayAnswer, httpAnswer, type RelayFault } from './relay-fault.ts';
import type { Relay } from './relay.ts';

/** A body of more than one entry, of however long a line: a store that refuses it is asked again with its halves. */
const SEVERAL_ENTRIES_BYTES = 2300;

interface FaultScene {
  readonly relay: Relay;
  readonly containers: ChattyContainers;
}

/** One fault between an agent and its store, and what the agent makes of it. */
export interface FaultRow {
  readonly name: string;
  readonly begin: (scene: FaultScene) => void | Promise<void>;
  /** What has to be done besides mending the relay. */
  readonly end?: (scene: FaultScene) => void | Promise<void>;
  /** What the metrics call a request that suffers it. */
  readonly outcome: string;
  /** What /readyz calls the output while it lasts. */
  readonly state: 'unreachable' | 'misconfigured' | 'reachable';
  /** A body that suffered does not come again before. */
  readonly leastWaitMs?: number;
  /** Entries that are given up over it. */
  readonly dropped?: number;
}

function lasting(fault: RelayFault): Pick<FaultRow, 'begin' | 'state'> {
  return { begin: ({ relay }) => relay.fault(fault, { times: Number.POSITIVE_INFINITY }), state: 'unreachable' };
}

function hasSeveralEntries({ bodyBytes }: { readonly bodyBytes: number }): boolean {
  return bodyBytes > SEVERAL_ENTRIES_BYTES;
}

/** Of those with several entries the next one, unless `times` says otherwise. */
function refusal(fault: RelayFault, times = 1): Pick<FaultRow, 'begin' | 'state'> {
  return { begin: ({ relay }) => relay.fault(fault, { times, when: hasSeveralEntries }), state: 'reachable' };
}

function raw(bytes: string, stored = false): RelayFault {
  return { kind: 'answer', bytes: () => bytes, stored };
}

/** Up to two seconds from now, as an HTTP date has no fractions. */
function httpDate(): string {
  return new Date(Date.now() + 2000).toUTCString();
}

const OK = 'HTTP/1.1 200 OK\r\n';

/** While they last nothing is stored that the agent knows of; it tries again and again. */
export const OUTAGES: readonly FaultRow[] = [
  { name: 'connection refused', begin: ({ relay }) => relay.down(), outcome: 'network', state: 'unreachable' },
  { name: 'connections that end at once', begin: ({ relay }) => relay.cut(), outcome: 'network', state: 'unreachable' },
  { name: 'reset in the middle of the request', ...lasting({ kind: 'break_request' }), outcome: 'network' },
  { name: 'reset in the middle of the answer', ...lasting({ kind: 'break_answer', share: 0.5, by: 'reset' }), outcome: 'network' },
  { name: 'end in the middle of the answer', ...lasting({ kind: 'break_answer', share: 0.5, by: 'end' }), outcome: 'network' },
  { name: 'stored, the answer is lost', ...lasting({ kind: 'break_answer', share: 0, by: 'end' }), outcome: 'network' },
  { name: 'stored, the body of a 200 breaks off', ...lasting(raw(`${OK}content-length: 9\r\n\r\nhalf`, true)), outcome: 'network' },
  {
    name: 'stored, the chunked body of a 200 breaks off',
    ...lasting(raw(`${OK}transfer-encoding: chunked\r\n\r\n9\r\nhalf`, true)),
    outcome: 'network',
  },
  { name: 'a black hole', ...lasting({ kind: 'hang' }), outcome: 'timeout' },
  { name: 'stored, the answer drips too slowly', ...lasting({ kind: 'drip', everyMs: 50 }), outcome: 'timeout' },
  { name: 'an answer that is no HTTP', ...lasting(raw('SSH-2.0-OpenSSH_9.9\r\n')), outcome: 'network' },
  { name: '429', ...lasting(gatewayAnswer(429)), outcome: '429' },
  {
    name: '429, Retry-After in seconds',
    ...lasting(gatewayAnswer(429, () => ({ 'retry-after': '1' }))),
    outcome: '429',
    leastWaitMs: 1000,
  },
  {
    name: '429, Retry-After as a date',
    ...lasting(gatewayAnswer(429, () => ({ 'retry-after': httpDate() }))),
    outcome: '429',
    leastWaitMs: 1000,
  },
  ...[500, 502, 503, 504].map((status) => ({ name: `${status}`, ...lasting(gatewayAnswer(status)), outcome: `${status}` })),
  { name: '302', ...lasting(gatewayAnswer(302, () => ({ location: 'http://127.0.0.1:9/' }))), outcome: '302' },
];

/** Those that one request suffers, while the store goes on to take others. */
export const INCIDENTS: readonly FaultRow[] = [
  { name: '260', ...refusal(gatewayAnswer(260)), outcome: '260' },
  { name: '400', ...refusal(gatewayAnswer(400)), outcome: '400' },
  {
    name: '400 of the store for one entry, the others stored',
    begin: ({ containers }) => containers.append('2024-04-01T12:00:00Z stdout F older than any Loki takes\n'),
    outcome: '400',
    state: 'reachable',
    dropped: 1,
  },
  { name: '422', ...refusal(gatewayAnswer(422)), outcome: '422' },
  { name: '413 of a gateway with a limit', ...refusal(gatewayAnswer(413), Number.POSITIVE_INFINITY), outcome: '413' },
  {
    name: 'stored, 200 and garbage',
    ...lasting({ kind: 'answer', bytes: () => httpAnswer(200, {}, '<html>\0{]'), stored: true }),
    outcome: '200',
    state: 'reachable',
  },
  { name: 'a request that takes its time', ...lasting({ kind: 'delay', ms: 300 }), outcome: '204', state: 'reachable' },
  { name: 'an answer that drips in time', ...lasting({ kind: 'drip', everyMs: 1 }), outcome: '204', state: 'reachable' },
];

/** What an operator has to mend: the agent tries again slowly. */
export const MISTAKES: readonly FaultRow[] = [401, 403, 404].map((status) => ({
  name: `${status}`,
  ...lasting(gatewayAnswer(status)),
  outcome: `${status}`,
  state: 'misconfigured',
}));
