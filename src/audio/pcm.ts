/** Layout of interleaved signed little-endian PCM. */
export interface PcmFormat {
  readonly rateHz: number;
  /** Bytes of one sample of one channel: 1 (unsigned), 2, 3 or 4. */
  readonly widthBytes: number;
  readonly channels: number;
}
