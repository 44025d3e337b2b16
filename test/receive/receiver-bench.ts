import { writeFile } from 'node:fs/promises';
import https, { type RequestOptions } from 'node:https';
import { join } from 'node:path';
import { AuditReceiver, type EventSink, type ReceiverOptions } from '../../agent/receive/audit-receiver.ts';
import { LogRecorder } from '../support/log-recorder.ts';
import { LOOPBACK_CERT, LOOPBACK_KEY } from '../support/loopback-tls.ts';

interface Answer {
  readonly status: number;
  readonly text: string;
}

interface ReceiverBench extends AsyncDisposable {
  readonly receiver: AuditReceiver;
  readonly log: LogRecorder;
  post(body: string | Buffer, options?: RequestOptions): Promise<Answer>;
}

type Deviation = Partial<Omit<ReceiverOptions, 'clients' | 'tls'>> & {
  readonly names?: readonly string[];
  readonly tokenFile?: string;
  readonly clientCaFile?: string;
};

function prune(event: Buffer): Buffer | null {
  return event.includes('"prune me"') ? null : event;
}

/** A receiver at a free port of loopback, with its certificate in `directory`. */
export async function receiverBench(directory: string, sink: EventSink, deviation: Deviation = {}): Promise<ReceiverBench> {
  const { names = [], tokenFile = null, clientCaFile = null, ...others } = deviation;
  const log = new LogRecorder();
  const certFile = await written(join(directory, 'tls.crt'), LOOPBACK_CERT);
  const keyFile = await written(join(directory, 'tls.key'), LOOPBACK_KEY);
  const options: ReceiverOptions = {
    address: { host: '127.0.0.1', port: 0 },
    tls: { certFile, keyFile, clientCaFile },
    clients: { names, tokenFile },
    maxBodyBytes: 100_000,
    heldBytes: 1_000_000,
    maxConnections: 100,
    requestMs: 30_000,
    ...others,
  };
  const receiver = await AuditReceiver.listen(options, { sink, prune, log: log.throttled() });
  const { port } = receiver;
  return {
    receiver,
    log,
    post: (body, options) => post(port, body, options),
    [Symbol.asyncDispose]: () => receiver[Symbol.asyncDispose](),
  };
}

export async function written(path: string, text: string): Promise<string> {
  await writeFile(path, text);
  return path;
}

export function eventList(items: readonly unknown[]): string {
  return JSON.stringify({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items });
}

/** Rejects when the connection ends without an answer. */
export function post(port: number, body: string | Buffer, options: RequestOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = https.request(
      { host: '127.0.0.1', port, method: 'POST', path: '/', ca: LOOPBACK_CERT, agent: false, ...options },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode!, text }));
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}
