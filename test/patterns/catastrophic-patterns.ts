/** A pattern that an engine which goes back takes for ever on, or much longer the longer the text, and what makes it so. */
export interface Catastrophe {
  readonly pattern: string;
  /** Repeated to a text of any length. */
  readonly repeated: string;
  /** What stands behind that. */
  readonly end: string;
}

/**
 * Patterns from reports and papers on denial of service by regular expressions (OWASP; Davis et al., "The Impact of ReDoS in Practice"; the
 * outages of Stack Overflow in 2016 and Cloudflare in 2019), and those that go forward from each place of a text to its end.
 */
export const CATASTROPHES: readonly Catastrophe[] = [
  { pattern: '(a*)*b', repeated: 'a', end: '' },
  { pattern: '^(a+)+$', repeated: 'a', end: '!' },
  { pattern: '^(a|aa)+$', repeated: 'a', end: '!' },
  { pattern: '^(a|a?)+$', repeated: 'a', end: '!' },
  { pattern: '(x+x+)+y', repeated: 'x', end: '' },
  { pattern: '(.*)*$\\b', repeated: 'a', end: ' ' },
  { pattern: '(\\w+\\s?)*:$', repeated: 'aa ', end: '!' },
  { pattern: '^(([a-z])+.)+[A-Z]([a-z])+$', repeated: 'a', end: '' },
  { pattern: '^(\\d+)*\\.$', repeated: '1', end: '' },
  { pattern: '(.*a){20}b', repeated: 'a', end: '' },
  { pattern: '(?:a?){100}a{100}b', repeated: 'a', end: '' },
  { pattern: '[ab]*a[ab]{200}c', repeated: 'ab', end: '' },
  {
    pattern: '^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$',
    repeated: 'a',
    end: '!',
  },
  { pattern: '^[\\s\\x{200c}]+|[\\s\\x{200c}]+$', repeated: ' ', end: 'a' },
  {
    pattern:
      '(?:(?:"|\'|\\]|\\}|\\\\|\\d|(?:nan|infinity|true|false|null|undefined|symbol|math)|`|\\-|\\+)+[)]*;?((?:\\s|-|~|!|\\{\\}|\\|\\||\\+)*.*(?:.*=.*)))',
    repeated: '1',
    end: '',
  },
  { pattern: '.*.*=.*', repeated: 'x', end: '' },
  { pattern: 'a*b', repeated: 'a', end: '' },
  { pattern: 'a+?b', repeated: 'a', end: '' },
  { pattern: '[a-z]*[0-9]', repeated: 'abcdefgh', end: '' },
  { pattern: '\\s+$', repeated: ' ', end: '.' },
  { pattern: '<!--.*?-->', repeated: '<!--', end: '' },
  { pattern: '"(?:[^"\\\\]|\\\\.)*";', repeated: '\\"', end: '' },
  { pattern: '(?:[a-z]+ )*0', repeated: 'ab ', end: '' },
  { pattern: '(?i)(?:é|É)*b', repeated: 'é', end: '' },
  { pattern: '(?s).*\\n.*x', repeated: '\n', end: '' },
  { pattern: '(?P<key>\\w+)=(?P<value>\\w+)*;', repeated: 'a=', end: '' },
];
