/** Long enough to be nothing else by chance. */
const TELLING_CHARACTERS = 16;

/**
 * Texts of which one is in whatever gives a secret away: its runs of letters and digits, and what these are in base64 wherever
 * it begins, in base64 twice, and in hexadecimal. Escapes change no letters or digits.
 */
export function secretForms(secret: string): string[] {
  const runs = secret.split(/[^A-Za-z0-9]+/).filter((run) => run.length >= TELLING_CHARACTERS);
  if (runs.length === 0) throw new Error(`${JSON.stringify(secret)} has nothing in it that could be told`);
  return [
    ...new Set(
      runs.flatMap((run) => [run, Buffer.from(run).toString('hex'), ...inBase64(run).flatMap((once) => [once, ...inBase64(once)])]),
    ),
  ];
}

/** At each of the three places that a group of it may begin, without what depends on neighbours. */
function inBase64(text: string): string[] {
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.from(' '.repeat(before) + text).toString('base64');
    return encoded.slice(Math.ceil((before * 4) / 3), Math.floor(((before + text.length) * 4) / 3));
  });
}
