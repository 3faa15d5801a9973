export declare function peakMegabytes(): number
export function processorSeconds(): number
