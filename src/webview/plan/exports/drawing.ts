/** What a colour means; the values come from a {@link Colours}. */
export type Tone = 'text' | 'quiet' | 'line' | 'box' | 'ground' | 'hot' | 'warm' | 'cool';

export type Colours = Readonly<Record<Tone, string>>;

export type Shape =
  | {
      readonly kind: 'box';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly fill: Tone;
      /** 0..1; 1 when absent. */
      readonly opacity?: number;
      readonly stroke?: Tone;
      readonly dashed?: boolean;
      readonly radius?: number;
      /** Shown by those that show SVG when the pointer rests on it. */
      readonly title?: string;
    }
  | {
      readonly kind: 'text';
      readonly x: number;
      /** Of the base line. */
      readonly y: number;
      readonly text: string;
      readonly size: number;
      readonly tone: Tone;
      readonly bold?: boolean;
    }
  | {
      /** From a point to another with a bend, as between two boxes below each other. */
      readonly kind: 'curve';
      readonly from: readonly [number, number];
      readonly to: readonly [number, number];
      readonly width: number;
      readonly dashed?: boolean;
    };

/** A picture as a list: written as SVG, or painted on a canvas. */
export interface Drawing {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly Shape[];
}

/** On white paper; every tone can be read on it. */
export const PAPER: Colours = {
  text: '#1f2328',
  quiet: '#59636e',
  line: '#c2c9d1',
  box: '#f6f8fa',
  ground: '#ffffff',
  hot: '#cf222e',
  warm: '#bc4c00',
  cool: '#0969da',
};

export const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';
