import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { Latencies } from './latencies.ts';
import { countLfs, decodedBody, formatOf } from './push.ts';
import type { ReceiverCounts, ReceiverPorts } from './receiver-process.ts';

/**
 * A store that takes everything, keeps nothing and counts: a process of its own, so that its CPU time is nobody's. It listens for HTTP,
 * and on a second port for bare lines over TCP. Sends its ports to its parent first, then its counts for each message.
 */
const latencies = new Latencies();
const formats = new Set<string>();
const sockets = new Set<Socket>();
let lines = 0;
let closedBytes = 0;
let failure: string | null = null;

async function listen(server: Server): Promise<number> {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      closedBytes += socket.bytesRead;
      sockets.delete(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Anything but a POST is an agent that looks whether its store is well, as rsyslog's `HEAD /_cat/health`. */
function take({ method, url = '', headers }: IncomingMessage, body: Buffer, response: ServerResponse): void {
  const nowMs = Date.now();
  const format = formatOf(url, headers);
  if (method !== 'POST') return void response.writeHead(200).end();
  try {
    if (format === null) throw new Error('no agent should send this');
    const decoded = decodedBody(format, headers['content-encoding'], body);
    lines += format.count(decoded);
    formats.add(format.name);
    latencies.add(decoded, nowMs);
    response.writeHead(format.answer.status, { 'content-type': format.answer.type }).end(format.answer.body);
  } catch (error) {
    failure ??= `POST ${url}: ${String(error)}`;
    response.writeHead(400).end();
  }
}

const http = createHttpServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => take(request, Buffer.concat(chunks), response));
});
const tcp = createTcpServer((socket) => {
  formats.add('lines over TCP');
  socket.on('data', (chunk: Buffer) => {
    lines += countLfs(chunk);
  });
});

process.on('message', () => {
  const openBytes = [...sockets].reduce((sum, socket) => sum + socket.bytesRead, 0);
  const [p50Ms, p99Ms] = [latencies.quantile(0.5), latencies.quantile(0.99)];
  process.send!({ lines, wireBytes: closedBytes + openBytes, formats: [...formats], failure, p50Ms, p99Ms } satisfies ReceiverCounts);
});
process.on('disconnect', () => process.exit());
process.send!({ http: await listen(http), tcp: await listen(tcp) } satisfies ReceiverPorts);
