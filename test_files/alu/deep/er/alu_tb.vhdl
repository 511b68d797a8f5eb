library ieee;
use ieee.std_logic_1164.all;
use ieee.numeric_std.all;

-- All operations of a small ALU, with a record, an enumeration and the nine states of std_logic.
entity alu_tb is end entity;

architecture test of alu_tb is
  type operation_t is (op_add, op_sub, op_and, op_or, op_xor);
  type flags_t is record
    zero  : std_logic;
    carry : std_logic;
  end record;
  signal clk       : std_logic := '0';
  signal operation : operation_t := op_add;
  signal a, b      : unsigned(7 downto 0) := (others => '0');
  signal result    : unsigned(7 downto 0) := (others => 'U');
  signal flags     : flags_t := ('U', 'U');
  signal weak_line : std_logic := 'Z';
  signal step      : integer := 0;
  signal load      : real := 0.0;
  signal done      : boolean := false;
begin
  clk <= not clk after 5 ns when not done else '0';

  compute : process (clk)
    variable sum : unsigned(8 downto 0);
  begin
    if rising_edge(clk) then
      case operation is
        when op_add => sum := ('0' & a) + ('0' & b);
        when op_sub => sum := ('0' & a) - ('0' & b);
        when op_and => sum := '0' & (a and b);
        when op_or  => sum := '0' & (a or b);
        when op_xor => sum := '0' & (a xor b);
      end case;
      result <= sum(7 downto 0);
      flags.carry <= sum(8);
      if sum(7 downto 0) = 0 then flags.zero <= '1'; else flags.zero <= '0'; end if;
    end if;
  end process;

  stimulus : process
    variable seed : unsigned(7 downto 0) := x"5a";
  begin
    for round in 0 to 7 loop
      for op in operation_t loop
        operation <= op;
        a <= seed;
        b <= rotate_left(seed, 3);
        step <= step + 1;
        load <= real(to_integer(seed)) / 255.0;
        seed := (seed(6 downto 0) & (seed(7) xor seed(5)));
        case round mod 4 is
          when 0 => weak_line <= 'Z';
          when 1 => weak_line <= 'H';
          when 2 => weak_line <= 'L';
          when others => weak_line <= 'W';
        end case;
        wait for 10 ns;
      end loop;
    end loop;
    done <= true;
    wait;
  end process;
end architecture;
