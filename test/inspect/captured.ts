/** Captures, made here: TCP segments in IP packets, in pcap and pcapng of either byte order. */

/** An IP packet of either version with a TCP segment in it. */
export function packet(version: 4 | 6, ports: [number, number], sequence: number, flags: number, octets: Uint8Array) {
  const tcp = Buffer.alloc(20 + octets.length);
  tcp.writeUInt16BE(ports[0], 0);
  tcp.writeUInt16BE(ports[1], 2);
  tcp.writeUInt32BE(sequence >>> 0, 4);
  tcp[12] = 5 << 4;
  tcp[13] = flags;
  tcp.set(octets, 20);
  const ip = Buffer.alloc(version === 4 ? 20 : 40);
  ip[0] = version === 4 ? 0x45 : 0x60;
  if (version === 4) ip.writeUInt16BE(20 + tcp.length, 2);
  else ip.writeUInt16BE(tcp.length, 4);
  ip[version === 4 ? 9 : 6] = 6;
  return Buffer.concat([ip, tcp]);
}

const u32 = (little: boolean, ...values: number[]) => {
  const out = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => {
    if (little) out.writeUInt32LE(value, i * 4);
    else out.writeUInt32BE(value, i * 4);
  });
  return out;
};

export function pcap(link: number, little: boolean, packets: Buffer[]): Buffer {
  const version = little ? 0x00040002 : 0x00020004;
  const head = u32(little, 0xa1b2c3d4, version, 0, 0, 65535, link);
  return Buffer.concat([head, ...packets.flatMap((p, i) => [u32(little, i, 500, p.length, p.length), p])]);
}

export function pcapng(link: number, little: boolean, packets: Buffer[]): Buffer {
  const block = (type: number, body: Buffer) => {
    const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
    return Buffer.concat([u32(little, type, padded.length + 12), padded, u32(little, padded.length + 12)]);
  };
  const linkWord = little ? link : link << 16;
  return Buffer.concat([
    block(0x0a0d0d0a, u32(little, 0x1a2b3c4d, little ? 1 : 1 << 16, 0xffffffff, 0xffffffff)),
    block(1, u32(little, linkWord, 0)),
    ...packets.map((p) => block(6, Buffer.concat([u32(little, 0, 0, 1_000_500, p.length, p.length), p]))),
  ]);
}
