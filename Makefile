.PHONY: demo demo-reset test check shell
demo:
	@./run demo
demo-reset:
	@./run demo-reset
test:
	@./run test
check:
	@./run check
shell:
	@./run shell
