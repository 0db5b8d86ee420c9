.PHONY: test check shell
test:
	@./run test
check:
	@./run check
shell:
	@./run shell
