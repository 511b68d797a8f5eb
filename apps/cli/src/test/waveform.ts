/** A small VCD file: two variables, five ticks of 1 ns. */
export const smallVcd = `$timescale 1ns $end
$scope module top $end
$var wire 1 ! clk $end
$var wire 8 " count [7:0] $end
$upscope $end
$enddefinitions $end
#0
0!
b0 "
#2
1!
b101 "
#5
0!
`;
