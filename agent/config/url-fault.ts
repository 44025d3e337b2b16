/**
 * Says what is wrong with the URL of an output, and what to write instead; null for a good one. Never repeats the URL, as it
 * may hold a password.
 */
export function urlFault(text: string): string | null {
  const url = /^https?:\/\/\S+$/i.test(text) ? URL.parse(text) : null;
  if (url === null) return 'not an http URL, write one like http://loki:3100/loki/api/v1/push';
  if (url.username !== '' || url.password !== '')
    return 'a URL with credentials ends up in logs, write basic_auth with username and password_file instead';
  if (url.hash !== '') return 'the part from # on is never sent, remove it';
  if (url.pathname === '/') return 'has no path, write all of it: Loki takes pushes at /loki/api/v1/push';
  return null;
}
