import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A store that takes everything and keeps nothing. Prints its port as its first line. */
const server = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(204).end());
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
