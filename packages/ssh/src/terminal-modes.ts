/**
 * The modes that a fresh login terminal has (RFC 4254, section 8). The local terminal is in raw mode, so the far one echoes, edits
 * lines and makes signals of control characters. Sent in full because servers differ in what they assume.
 */
const MODES: readonly (readonly [opcode: number, value: number])[] = [
  [1, 3], // VINTR ^C
  [2, 28], // VQUIT ^\
  [3, 127], // VERASE DEL
  [4, 21], // VKILL ^U
  [5, 4], // VEOF ^D
  [8, 17], // VSTART ^Q
  [9, 19], // VSTOP ^S
  [10, 26], // VSUSP ^Z
  [12, 18], // VREPRINT ^R
  [13, 23], // VWERASE ^W
  [14, 22], // VLNEXT ^V
  [36, 1], // ICRNL
  [38, 1], // IXON
  [41, 1], // IMAXBEL
  [42, 1], // IUTF8 (RFC 8160)
  [50, 1], // ISIG
  [51, 1], // ICANON
  [53, 1], // ECHO
  [54, 1], // ECHOE
  [55, 1], // ECHOK
  [59, 1], // IEXTEN
  [60, 1], // ECHOCTL
  [61, 1], // ECHOKE
  [70, 1], // OPOST
  [72, 1], // ONLCR
  [91, 1], // CS8
  [128, 38400], // TTY_OP_ISPEED
  [129, 38400], // TTY_OP_OSPEED
];

/** The encoded modes of a `pty-req`. */
export function terminalModes(): Buffer {
  const bytes = Buffer.alloc(MODES.length * 5 + 1);
  MODES.forEach(([opcode, value], index) => {
    bytes.writeUInt8(opcode, index * 5);
    bytes.writeUInt32BE(value, index * 5 + 1);
  });
  return bytes;
}
